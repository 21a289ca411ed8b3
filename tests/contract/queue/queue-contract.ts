import { expect, it } from "vitest";
import type { Queue, QueueMessage } from "../../../src/shard/dispatch/queue.ts";

const NOW = new Date("2026-03-01T12:00:00.000Z");
const LATER = new Date("2026-03-01T12:00:10.000Z");

/** The queues of all shards, and what a test does to them. */
export interface QueuesUnderTest {
  readonly queueOf: (shard: number) => Queue;
  /** Loses everything, in the queues of all shards. */
  readonly flush: () => Promise<void>;
}

function at(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1_000);
}

function message(member: string, seconds: number): QueueMessage {
  return { member, visibleAt: at(seconds) };
}

/**
 * Claims what is due; it is hidden for 10 s then.
 *
 * @param queue - The queue.
 * @param now - The instant; by default the one at which the messages of these tests are due.
 * @param limit - Most messages.
 * @returns Their members.
 */
export async function claim(queue: Queue, now = NOW, limit = 100): Promise<readonly string[]> {
  return (await queue.claim({ now, limit, hiddenUntil: new Date(now.getTime() + 10_000) })).members;
}

/**
 * Tests what every queue of a shard promises. Called in the `describe` of one, which loses everything before each test.
 *
 * @param queues - Gives the queues; they are asked for once a test runs.
 */
export function testQueue({ queueOf, flush }: QueuesUnderTest): void {
  it("gives out what is due, the longest due first, and not what is not", async () => {
    const queue = queueOf(0);
    await queue.write([message("c", 0), message("a", -2), message("b", -1), message("later", 1)], []);
    await queue.write([message("a1", -1), message("B", -1)], []);
    expect(await claim(queue)).toEqual(["a", "B", "a1", "b", "c"]);
  });

  it("hides what it gave out until the visibility timeout, then offers it again", async () => {
    const queue = queueOf(0);
    await queue.write([message("a", 0)], []);
    await claim(queue);
    expect(await claim(queue, at(9.999))).toEqual([]);
    expect(await claim(queue, LATER)).toEqual(["a"]);
  });

  it("gives out at most the limit, and each message to one claim only", async () => {
    const queue = queueOf(0);
    await queue.write(
      Array.from({ length: 100 }, (_, index) => message(`m${index}`, 0)),
      [],
    );
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(queue, NOW, 7)));
    expect(claims.map((members) => members.length)).toEqual(Array.from({ length: 10 }, () => 7));
    expect(new Set(claims.flat()).size).toBe(70);
  });

  it("tells with each claim when the next message becomes visible, what it just hid included", async () => {
    const queue = queueOf(0);
    await queue.write([message("a", 3)], []);
    expect(await queue.claim({ now: NOW, limit: 1, hiddenUntil: LATER })).toMatchObject({ members: [], nextAt: at(3) });
    expect(await queue.claim({ now: at(3), limit: 1, hiddenUntil: at(60) })).toMatchObject({ nextAt: at(60) });
  });

  it("keeps one message a step: the last write wins", async () => {
    const queue = queueOf(0);
    await queue.write([message("a", -1)], []);
    await queue.write([message("a", 5)], []);
    expect(await claim(queue)).toEqual([]);
    expect(await queue.stats(NOW)).toEqual({ depth: 1, dueCount: 0, lagMs: 0 });
  });

  it("takes messages off, also such as are not there", async () => {
    const queue = queueOf(0);
    await queue.write([message("a", 0), message("b", 0)], []);
    await queue.write([message("c", 0)], ["a", "never"]);
    expect(await claim(queue)).toEqual(["b", "c"]);
  });

  it("hides messages longer if they are there, and does not bring back those that are not", async () => {
    const queue = queueOf(0);
    await queue.write([message("a", 0)], []);
    await queue.hide(["a", "gone"], at(5));
    expect(await claim(queue, at(4))).toEqual([]);
    expect(await claim(queue, at(5))).toEqual(["a"]);
    expect(await queue.stats(NOW)).toMatchObject({ depth: 1 });
  });

  it("restores what is missing and leaves what is there as it is", async () => {
    const queue = queueOf(0);
    await queue.write([message("claimed", 10)], []);
    await queue.restore([message("claimed", -1), message("missing", -1)], at(60));
    expect(await claim(queue)).toEqual(["missing"]);
  });

  it("takes back what is hidden for longer than anybody hides: the clock has moved back since", async () => {
    const queue = queueOf(0);
    await queue.write([message("strayed", 3_610), message("later", 3_600)], []);
    await queue.restore([message("strayed", -1), message("later", 3_600)], at(60));
    expect(await claim(queue)).toEqual(["strayed"]);
    expect(await claim(queue, at(3_600), 1)).toEqual(["strayed"]);
    expect(await claim(queue, at(3_600), 1)).toEqual(["later"]);
  });

  it("says that it was lost until it is restored, also when there was nothing to restore", async () => {
    const queue = queueOf(0);
    expect(await queue.claim({ now: NOW, limit: 1, hiddenUntil: LATER })).toMatchObject({ isLost: true });
    await queue.restore([], at(60));
    expect(await queue.claim({ now: NOW, limit: 1, hiddenUntil: LATER })).toMatchObject({ isLost: false });
    await flush();
    expect(await queue.claim({ now: NOW, limit: 1, hiddenUntil: LATER })).toMatchObject({ isLost: true });
  });

  it("tells depth, due messages and how long the oldest has been due", async () => {
    const queue = queueOf(0);
    expect(await queue.stats(NOW)).toEqual({ depth: 0, dueCount: 0, lagMs: 0 });
    await queue.write([message("a", -3), message("b", -1), message("c", 5)], []);
    expect(await queue.stats(NOW)).toEqual({ depth: 3, dueCount: 2, lagMs: 3_000 });
  });

  it("keeps shards apart", async () => {
    await queueOf(0).write([message("a", 0)], []);
    expect(await claim(queueOf(1))).toEqual([]);
    expect(await claim(queueOf(0))).toEqual(["a"]);
  });

  it("carries 2,500 messages in one write, and any text as a member", async () => {
    const queue = queueOf(0);
    const odd = ["", "with space", '"quoted"', "ä😀", "123", "null", "a\u0000b"];
    const many = Array.from({ length: 2_500 }, (_, index) => message(`m${index}`, 1));
    await queue.write([...odd.map((member) => message(member, 0)), ...many], []);
    expect((await claim(queue)).toSorted()).toEqual(odd.toSorted());
    await queue.write(
      [],
      many.map(({ member }) => member),
    );
    expect(await queue.stats(NOW)).toMatchObject({ depth: odd.length });
  });
}
