import { describe, expect, it } from "vitest";
import type { Event } from "../../../../src/domain/run/event.ts";
import type { Commit } from "../../../../src/ledger/batch.ts";
import { LiveFeed } from "../../../../src/shard/streams/live-feed.ts";
import { openRunStream } from "../../../../src/shard/streams/run-stream.ts";
import { settled } from "../../../support/gate.ts";
import { runIdOf } from "../../../support/ids.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { CHAIN, planOf } from "../../../support/plans.ts";
import { messagesOf, readText } from "../../../support/read-stream.ts";
import { TestRun } from "../../../support/test-run.ts";

/** A run of three steps from its creation to its end, as its log has it. */
function endedLog(): readonly Event[] {
  const run = new TestRun(planOf(CHAIN));
  run.complete("a");
  run.complete("b");
  run.complete("c");
  return run.events;
}

const LOG = endedLog();

function commitOf(events: readonly Event[]): Commit {
  return { messages: [], assignments: [], events, runs: [], attemptDurationsMs: [] };
}

class Watched {
  readonly clock = new ManualClock();
  readonly feed = new LiveFeed("0123abcd");
  /** What the log has: the stream reads it, and `commit` adds to it. */
  stored: Event[];

  constructor(stored: readonly Event[]) {
    this.stored = [...stored];
  }

  open(after: number, status: "RUNNING" | "COMPLETED" = "RUNNING"): ReadableStream<Uint8Array> {
    return openRunStream({
      runId: runIdOf(0),
      after,
      status,
      events: {
        list: async (_runId, page) => this.stored.filter((event) => event.seq > page.after).slice(0, page.limit),
      },
      feed: this.feed,
      clock: this.clock,
      lastsMs: 24_000,
    });
  }

  commit(...events: readonly Event[]): void {
    this.stored.push(...events);
    this.feed.publish(commitOf(events));
  }
}

async function seqsOf(stream: ReadableStream<Uint8Array>): Promise<readonly string[]> {
  return messagesOf(await readText(stream)).map(({ id, event }) => (event === "message" ? String(id) : event));
}

const ALL = [...LOG.map((event) => String(event.seq)), "end"];

describe("a stream of a run's events", () => {
  it("of an ended run gives the whole log and ends", async () => {
    expect(await seqsOf(new Watched(LOG).open(0, "COMPLETED"))).toEqual(ALL);
  });

  it("goes on from the event the client names", async () => {
    expect(await seqsOf(new Watched(LOG).open(4, "COMPLETED"))).toEqual(ALL.slice(4));
  });

  it("ends at once for a client that knows the last event of an ended run", async () => {
    expect(await seqsOf(new Watched(LOG).open(LOG.length, "COMPLETED"))).toEqual(["end"]);
  });

  it("sends what is committed while it is open, and ends after the last event", async () => {
    const watched = new Watched(LOG.slice(0, 3));
    const stream = watched.open(0);
    await settled();
    watched.commit(...LOG.slice(3, 5));
    watched.commit(...LOG.slice(5));
    expect(await seqsOf(stream)).toEqual(ALL);
  });

  it("sends each event once when it is committed while the log is read", async () => {
    const watched = new Watched(LOG.slice(0, 3));
    const stream = watched.open(0);
    watched.commit(...LOG.slice(3));
    expect(await seqsOf(stream)).toEqual(ALL);
  });

  it("reads the log again when another copy of the shard wrote in between", async () => {
    const watched = new Watched(LOG.slice(0, 2));
    const stream = watched.open(0);
    await settled();
    watched.stored = [...LOG];
    watched.feed.publish(commitOf(LOG.slice(6)));
    expect(await seqsOf(stream)).toEqual(ALL);
  });

  it("ends with `reconnect` when its time is up, and the next goes on without a gap", async () => {
    const watched = new Watched(LOG.slice(0, 3));
    const stream = watched.open(0);
    await settled();
    await watched.clock.passMs(24_000);
    expect(await seqsOf(stream)).toEqual(["1", "2", "3", "reconnect"]);
    watched.commit(...LOG.slice(3));
    expect(await seqsOf(watched.open(3, "COMPLETED"))).toEqual(ALL.slice(3));
  });

  it("ends with `reconnect` when the log cannot be read", async () => {
    const watched = new Watched([]);
    const stream = openRunStream({
      runId: runIdOf(1),
      after: 0,
      status: "RUNNING",
      events: {
        list: async () => {
          throw new Error("away");
        },
      },
      feed: watched.feed,
      clock: watched.clock,
      lastsMs: 24_000,
    });
    expect(await seqsOf(stream)).toEqual(["reconnect"]);
  });

  it("lets go of the shard when the client leaves", async () => {
    const watched = new Watched(LOG.slice(0, 3));
    const stream = watched.open(0);
    await settled();
    expect(watched.feed.listenerCount).toBe(1);
    await stream.cancel();
    expect(watched.feed.listenerCount).toBe(0);
    expect(watched.clock.pendingMs).toEqual([]);
  });
});
