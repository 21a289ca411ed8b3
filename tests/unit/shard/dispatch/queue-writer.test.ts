import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../../src/domain/errors.ts";
import { QueueWriter } from "../../../../src/shard/dispatch/queue-writer.ts";
import { closedGate, settled } from "../../../support/gate.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { MemoryQueue } from "../../../support/memory-queue.ts";

const AWAY = new UnavailableError("redis", "away");

class Bench {
  readonly queue = new MemoryQueue();
  readonly clock = new ManualClock();
  readonly errors: unknown[] = [];
  recoveries = 0;
  readonly writer = new QueueWriter(this.queue, this.clock, {
    failed: (error) => this.errors.push(error),
    recovered: () => {
      this.recoveries += 1;
    },
  });

  /** How many changes each request so far carried. */
  get sizes(): readonly number[] {
    return this.queue.writes.map(({ added, removed }) => added.length + removed.length);
  }
}

function at(ms: number): Date {
  return new Date(ms);
}

describe("the queue writer", () => {
  it("puts the changes of one commit into one request", async () => {
    const { writer, queue } = new Bench();
    writer.change("a", at(1));
    writer.change("b", at(2));
    writer.change("c", null);
    await writer.settled();
    expect(queue.writes).toEqual([
      {
        added: [
          { member: "a", visibleAt: at(1) },
          { member: "b", visibleAt: at(2) },
        ],
        removed: ["c"],
      },
    ]);
  });

  it("writes only the last of several changes to one message", async () => {
    const { writer, queue } = new Bench();
    writer.change("a", at(1));
    writer.change("a", null);
    writer.change("a", at(3));
    await writer.settled();
    expect(queue.writes).toEqual([{ added: [{ member: "a", visibleAt: at(3) }], removed: [] }]);
  });

  it("has one request in flight; what arrives meanwhile goes with the next", async () => {
    const { writer, queue } = new Bench();
    const gate = closedGate();
    queue.gate = gate.passed;
    writer.change("a", at(1));
    await settled();
    writer.change("a", null);
    writer.change("b", at(2));
    await settled();
    expect(queue.writes).toHaveLength(1);
    gate.open();
    await writer.settled();
    expect(queue.writes).toHaveLength(2);
    expect([...queue.messages]).toEqual([["b", 2]]);
  });

  it("has nothing to wait for when nothing was changed", async () => {
    const { writer, queue } = new Bench();
    await writer.settled();
    expect(queue.writes).toEqual([]);
  });

  it("says when what was taken so far is written, though further changes keep coming", async () => {
    const { writer, queue } = new Bench();
    let changes = 0;
    queue.faults.write = () => {
      changes += 1;
      if (changes < 1_000) {
        writer.change(`m${changes}`, at(1));
      }
      return null;
    };
    writer.change("m0", at(1));
    await writer.settled();
    expect(queue.messages.has("m0")).toBe(true);
    expect(changes).toBeLessThan(10);
  });
});

describe("messages that are hidden longer", () => {
  it("are so after what was changed before", async () => {
    const { writer, queue } = new Bench();
    writer.change("a", at(1));
    writer.hide(["a", "gone"], at(9));
    await writer.settled();
    expect([...queue.messages]).toEqual([["a", 9]]);
  });

  it("stay as they are changed while the request for it waits, or is under way", async () => {
    const { writer, queue } = new Bench();
    const gate = closedGate();
    queue.messages.set("a", 5).set("b", 5).set("c", 5);
    queue.gate = gate.passed;
    queue.faults.hide = () => {
      writer.change("b", at(1));
      return null;
    };
    writer.change("other", at(1));
    await settled();
    writer.hide(["a", "b", "c"], at(9));
    writer.change("a", at(1));
    gate.open();
    await settled();
    expect([...queue.messages]).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 9],
      ["other", 1],
    ]);
  });

  it("need no further request when they cannot be hidden: they come back early and are put back", async () => {
    const { writer, queue, clock } = new Bench();
    queue.faults.hide = () => AWAY;
    writer.hide(["a"], at(9));
    await writer.settled();
    expect([queue.writes, clock.pendingMs]).toEqual([[], []]);
  });
});

describe("a queue that takes no writes", () => {
  it("gets them again, after a wait that grows to a bound", async () => {
    const bench = new Bench();
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("a", at(1));
    await settled();
    const waits: (number | undefined)[] = [];
    for (let time = 0; time < 8; time += 1) {
      waits.push(bench.clock.pendingMs[0]);
      await bench.clock.passMs(bench.clock.pendingMs[0] ?? 0);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(bench.errors).toHaveLength(9);
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(15_000);
    expect([...bench.queue.messages]).toEqual([["a", 1]]);
  });

  it("has those told who have looked meanwhile, once it has taken what failed", async () => {
    const bench = new Bench();
    bench.writer.change("a", at(1));
    await settled();
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("b", at(1));
    await settled();
    await bench.clock.passMs(250);
    expect(bench.recoveries).toBe(0);
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(500);
    bench.writer.change("c", at(1));
    await settled();
    expect(bench.recoveries).toBe(1);
  });

  it("begins with a short wait again after a write that worked", async () => {
    const bench = new Bench();
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("a", at(1));
    await settled();
    await bench.clock.passMs(250);
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(500);
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("b", at(2));
    await settled();
    expect(bench.clock.pendingMs).toEqual([250]);
  });

  it("does not bring back a change that a newer one replaced", async () => {
    const bench = new Bench();
    const gate = closedGate();
    bench.queue.gate = gate.passed;
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("a", at(1));
    bench.writer.change("b", at(2));
    await settled();
    bench.writer.change("a", null);
    gate.open();
    await settled();
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(250);
    expect([...bench.queue.messages]).toEqual([["b", 2]]);
  });

  it("is not asked again by changes that arrive during the wait", async () => {
    const bench = new Bench();
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("a", at(1));
    await settled();
    bench.writer.change("b", at(2));
    await settled();
    expect(bench.queue.writes).toHaveLength(1);
    await bench.writer.settled();
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(250);
    expect(bench.sizes).toEqual([1, 2]);
  });

  it("costs a bounded amount of memory: what is too much is left to the sweeper", async () => {
    const bench = new Bench();
    bench.queue.faults.write = () => AWAY;
    bench.writer.change("first", at(1));
    await settled();
    for (let index = 0; index < 60_000; index += 1) {
      bench.writer.change(`m${index}`, at(1));
    }
    bench.writer.change("first", at(9));
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(250);
    expect(bench.queue.messages.size).toBe(50_000);
    expect(bench.queue.messages.get("first")).toBe(9);
  });
});
