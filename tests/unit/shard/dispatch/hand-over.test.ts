import { describe, expect, it } from "vitest";
import { leaseTokenOf } from "../../../../src/domain/ids.ts";
import type { Assignment } from "../../../../src/domain/run/outcome.ts";
import { HandOver } from "../../../../src/shard/dispatch/hand-over.ts";
import { DispatchBench } from "../../../support/dispatch-bench.ts";
import { settled } from "../../../support/gate.ts";
import { startOf } from "../../../support/ledger-environment.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { planOf } from "../../../support/plans.ts";

/** Sixteen places; the test plays the consumers. */
class Bench {
  readonly clock = new ManualClock();
  readonly called: Assignment[] = [];
  readonly ends: (() => void)[] = [];
  readonly handOver = new HandOver({
    clock: this.clock,
    places: 16,
    call: async (assignment) => {
      this.called.push(assignment);
      await new Promise<void>((resolve) => {
        this.ends.push(resolve);
      });
    },
  });

  async give(type: "http" | "transform" | "output", count: number): Promise<void> {
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.ledger.start(startOf());
    const assignment = bench.calls[0]?.assignment;
    if (assignment === undefined) {
      throw new Error("nothing was handed over");
    }
    for (let index = 0; index < count; index += 1) {
      const token = leaseTokenOf(type, index);
      this.handOver.give({ ...assignment, token, node: { ...assignment.node, type, with: {} } });
    }
  }

  report(index: number): void {
    const assignment = this.called[index];
    if (assignment !== undefined) {
      this.handOver.free(assignment.token);
    }
  }
}

describe("attempts that become ready together", () => {
  it("of transforms compute a few at a time: the next is called when one has reported", async () => {
    const bench = new Bench();
    await bench.give("transform", 200);
    expect(bench.called).toHaveLength(4);
    for (let index = 0; index < 200; index += 1) {
      bench.report(index);
      expect(bench.called).toHaveLength(Math.min(200, index + 5));
    }
  });

  it("of transforms go on when a consumer is lost", async () => {
    const bench = new Bench();
    await bench.give("transform", 10);
    bench.ends[0]?.();
    await settled();
    expect(bench.called).toHaveLength(5);
  });

  it("of calls wait for their APIs all at the same time, and are made a few at a time", async () => {
    const bench = new Bench();
    await bench.give("http", 200);
    expect(bench.called).toHaveLength(16);
    await bench.clock.passMs(10);
    expect(bench.called).toHaveLength(32);
    await bench.clock.passMs(120);
    expect(bench.called).toHaveLength(200);
  });

  it("take one place each, however often they are said to be done", async () => {
    const bench = new Bench();
    await bench.give("http", 16);
    bench.report(0);
    bench.report(0);
    await bench.give("transform", 2);
    expect(bench.called).toHaveLength(16);
    await bench.clock.passMs(10);
    bench.ends.forEach((end) => end());
    await settled();
    expect(bench.called).toHaveLength(18);
  });

  it("are called one at least, however few places there are", async () => {
    const called: Assignment[] = [];
    const handOver = new HandOver({
      clock: new ManualClock(),
      places: 1,
      call: async (assignment) => {
        called.push(assignment);
      },
    });
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.ledger.start(startOf());
    bench.calls.forEach(({ assignment }) =>
      handOver.give({ ...assignment, node: { ...assignment.node, type: "output" } }),
    );
    expect(called).toHaveLength(1);
  });
});
