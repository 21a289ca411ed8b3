import { describe, expect, it } from "vitest";
import { Backoff } from "../../../../src/shard/dispatch/backoff.ts";
import { DispatchBench } from "../../../support/dispatch-bench.ts";
import { settled } from "../../../support/gate.ts";
import { runIdOf } from "../../../support/ids.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { failed } from "../../../support/outcomes.ts";
import { CHAIN, planOf } from "../../../support/plans.ts";

const RUN = runIdOf(0);
const HOUR_MS = 3_600_000;

/** Sweeps, and lets the loop do what is due then and within a minute. */
async function sweepAndPassMs(bench: DispatchBench, ms: number): Promise<void> {
  await bench.dispatcher.sweep();
  await settled();
  await bench.clock.passMs(ms);
}

describe("a clock that moved back", () => {
  it("is made up for by the next sweep: a retry follows after its backoff", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    await bench.settle(bench.calls[0], failed());
    bench.clock.moveMs(-HOUR_MS);
    await sweepAndPassMs(bench, 1_000);
    expect(bench.calls.map(({ assignment }) => assignment.attempt)).toEqual([1, 2]);
  });

  it("is made up for by the next sweep: a step that waited for room begins", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    await bench.start(2);
    bench.clock.moveMs(-HOUR_MS);
    await sweepAndPassMs(bench, 0);
    await bench.settle(bench.calls[0]);
    expect(bench.calls.map(({ assignment }) => assignment.runId)).toEqual([RUN, runIdOf(1)]);
  });

  it("is made up for by the next sweep: a lost attempt is repeated after a lease", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    bench.calls[0]?.end("lost");
    bench.clock.moveMs(-HOUR_MS);
    await sweepAndPassMs(bench, 20_000);
    expect(bench.calls.map(({ assignment }) => assignment.attempt)).toEqual([1, 2]);
  });

  it("costs no attempt that is at work, and lets it end", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    bench.clock.moveMs(-HOUR_MS);
    await sweepAndPassMs(bench, 20_000);
    expect(bench.calls).toHaveLength(1);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "applied" });
  });

  it("ends the wait of a loop that backs off: it does not last as long as the clock moved", () => {
    const clock = new ManualClock();
    const backoff = new Backoff(clock);
    backoff.fail();
    clock.moveMs(-HOUR_MS);
    expect(backoff.until).toBeNull();
  });
});

describe("a clock that moved on", () => {
  it("costs no attempt that is at work, though all leases seem to have run out", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.start(3);
    bench.clock.moveMs(HOUR_MS);
    await sweepAndPassMs(bench, 20_000);
    expect(bench.calls).toHaveLength(3);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "applied" });
  });
});
