import { describe, expect, it } from "vitest";
import { mergeChanges, readCursors, writeCursors } from "../../../../src/api/streams/merge-changes.ts";
import type { Run } from "../../../../src/domain/run/run.ts";
import { openChangesStream } from "../../../../src/shard/streams/changes-stream.ts";
import { LiveFeed } from "../../../../src/shard/streams/live-feed.ts";
import { settled } from "../../../support/gate.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { CHAIN, planOf } from "../../../support/plans.ts";
import { messagesOf, readText } from "../../../support/read-stream.ts";
import { TestRun } from "../../../support/test-run.ts";

const RUN: Run = new TestRun(planOf(CHAIN)).run;

class Shard {
  readonly clock = new ManualClock();
  readonly feed: LiveFeed;

  constructor(epoch: string) {
    this.feed = new LiveFeed(epoch);
  }

  change(version: number): void {
    const runs = [{ ...RUN, version }];
    this.feed.publish({ messages: [], assignments: [], events: [], runs, attemptDurationsMs: [] });
  }

  open(after: { readonly epoch: string; readonly number: number } | null): ReadableStream<Uint8Array> {
    return openChangesStream({ after, feed: this.feed, clock: this.clock, lastsMs: 24_000 });
  }
}

function merge(streams: readonly ReadableStream<Uint8Array>[]): ReadableStream<Uint8Array> {
  return mergeChanges(new Map(streams.map((stream, shard) => [shard, stream])), {
    resetEveryMs: null,
    after: () => () => undefined,
  });
}

/** `name id` of each message, and the version for a run: what the tests count changes by. */
async function read(stream: ReadableStream<Uint8Array>): Promise<readonly string[]> {
  return messagesOf(await readText(stream)).map(({ id, event, data }) => {
    const parsed: { readonly version?: number } = JSON.parse(data);
    return `${event}${parsed.version ?? ""} ${id}`;
  });
}

const A = "aaaaaaaa";
const B = "bbbbbbbb";

describe("the stream of all runs", () => {
  it("starts now for a client that has just loaded its list", async () => {
    const shard = new Shard(A);
    shard.change(1);
    const stream = merge([shard.open(null)]);
    shard.change(2);
    await shard.clock.passMs(24_000);
    expect(await read(stream)).toEqual([`open 0.${A}.1`, `message2 0.${A}.2`, `reconnect 0.${A}.2`]);
  });

  it("gives a client that comes back what it missed, each run once", async () => {
    const shard = new Shard(A);
    [1, 2, 3].forEach((version) => shard.change(version));
    const stream = merge([shard.open({ epoch: A, number: 1 })]);
    await shard.clock.passMs(24_000);
    expect(await read(stream)).toEqual([`open 0.${A}.1`, `message3 0.${A}.3`, `reconnect 0.${A}.3`]);
  });

  it("tells a client to load its list again when the shard was restarted", async () => {
    const shard = new Shard(B);
    const stream = merge([shard.open({ epoch: A, number: 5 })]);
    await shard.clock.passMs(24_000);
    expect(await read(stream)).toEqual([`open 0.${B}.0`, `reset 0.${B}.0`, `reconnect 0.${B}.0`]);
  });

  it("tells a client to load its list again when it was away for more changes than are kept", async () => {
    const shard = new Shard(A);
    Array.from({ length: 2_500 }, (_, version) => shard.change(version));
    const stream = merge([shard.open({ epoch: A, number: 1 })]);
    await shard.clock.passMs(24_000);
    expect(await read(stream)).toEqual([`open 0.${A}.2500`, `reset 0.${A}.2500`, `reconnect 0.${A}.2500`]);
  });

  it("joins all shards, and knows where it is in each", async () => {
    const shards = [new Shard(A), new Shard(B)] as const;
    const stream = merge(shards.map((shard) => shard.open(null)));
    shards[1].change(7);
    await shards[1].clock.passMs(24_000);
    expect(await read(stream)).toEqual([
      `open 0.${A}.0_1.${B}.0`,
      `message7 0.${A}.0_1.${B}.1`,
      `reconnect 0.${A}.0_1.${B}.1`,
    ]);
  });

  it("tells a client again and again to load its list, when there are shards that it does not listen to", async () => {
    const shard = new Shard(A);
    const stream = mergeChanges(new Map([[0, shard.open(null)]]), {
      resetEveryMs: 10_000,
      after: (delayMs, callback) => shard.clock.after(delayMs, callback),
    });
    const text = read(stream);
    await settled();
    await shard.clock.passMs(24_000);
    expect(await text).toEqual([`open 0.${A}.0`, `reset 0.${A}.0`, `reset 0.${A}.0`, `reconnect 0.${A}.0`]);
    expect(shard.clock.pendingMs).toEqual([]);
  });
});

describe("a cursor of the stream of all runs", () => {
  it("is read as it was written", () => {
    const cursors = new Map([
      [0, { epoch: A, number: 12 }],
      [3, { epoch: B, number: 0 }],
    ]);
    expect(readCursors(writeCursors(cursors))).toEqual(cursors);
  });

  it.each(["x", "0", "0.aaaaaaaa", "0.AAAAAAAA.1", "-1.aaaaaaaa.1", "0.aaaaaaaa.1__"])("%j is refused", (text) => {
    expect(readCursors(text)).toBeNull();
  });
});
