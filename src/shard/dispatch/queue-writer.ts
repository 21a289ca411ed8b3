import type { Clock } from "../../runtime/clock.ts";
import type { FindDue } from "./ports.ts";
import type { Queue, QueueMessage } from "./queue.ts";

/** Changes beyond this are dropped while Redis is away: the sweeper finds the steps in PostgreSQL. */
const PENDING_CHANGES_MAX = 50_000;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 15_000;

/** A refill looks this far ahead, more than the minute between two cron sweeps. */
const REFILL_AHEAD_MS = 120_000;

/** Nobody hides a message for longer, in ms: not a claim, not one who puts it aside. */
const HIDDEN_MS_MAX = 60_000;

/** Who hears how the writing goes. */
export interface QueueWriterListener {
  /** A request failed; its changes are written later. */
  readonly failed: (error: unknown) => void;
  /** What had failed is written. A claim in between has not seen those messages, nor when the first of them is due. */
  readonly recovered: () => void;
}

/**
 * Writes queue changes behind the commits: one request in flight, what arrives meanwhile goes with the next, and of
 * several changes to one message only the last is written. Crashing in between loses nothing, as the sweeper knows.
 */
export class QueueWriter {
  readonly #queue: Queue;
  readonly #clock: Clock;
  readonly #listener: QueueWriterListener;
  readonly #pending = new Map<string, Date | null>();
  #hides: { readonly members: Set<string>; readonly hiddenUntil: Date } | null = null;
  #flushing: Promise<void> | null = null;
  #waitingForThis: (() => void)[] = [];
  #waitingForNext: (() => void)[] = [];
  #isBackingOff = false;
  #retryMs = RETRY_MS_MIN;

  constructor(queue: Queue, clock: Clock, listener: QueueWriterListener) {
    this.#queue = queue;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Takes a change: visible from an instant on, or off the queue (null). */
  change(member: string, visibleAt: Date | null): void {
    this.#hides?.members.delete(member);
    if (this.#pending.size < PENDING_CHANGES_MAX || this.#pending.has(member)) {
      this.#pending.set(member, visibleAt);
    }
    this.#flushSoon();
  }

  /**
   * Hides messages longer, if they are on the queue. What changes meanwhile is written after it, not beside it: else a
   * retry whose backoff has begun could be hidden for as long as the lease of the attempt before it.
   */
  hide(members: readonly string[], hiddenUntil: Date): void {
    this.#hides = { members: new Set(members), hiddenUntil };
    this.#flushSoon();
  }

  /** Resolves when everything taken so far is written or has failed once. */
  async settled(): Promise<void> {
    if (this.#flushing !== null) {
      await new Promise<void>((resolve) => {
        (this.#hasMore ? this.#waitingForNext : this.#waitingForThis).push(resolve);
      });
    }
  }

  /**
   * Puts on the queue what PostgreSQL says is due and the queue may have lost, or has at an instant of another clock.
   *
   * @param findDue - Asks PostgreSQL.
   * @returns What is due now and needs no place, as members of the queue.
   * @throws UnavailableError when one of the two cannot be reached.
   */
  async refill(findDue: FindDue): Promise<readonly string[]> {
    const nowMs = this.#clock.now().getTime();
    const { due, strayed } = await findDue(new Date(nowMs), new Date(nowMs + REFILL_AHEAD_MS));
    await this.#queue.restore(due, new Date(nowMs + HIDDEN_MS_MAX));
    if (strayed.length > 0) {
      await this.#queue.write(strayed, []);
    }
    const now = [...due, ...strayed].filter(({ visibleAt, needsPlace }) => !needsPlace && visibleAt.getTime() <= nowMs);
    return now.map(({ member }) => member);
  }

  /** Whether there is something that the request under way does not carry. */
  get #hasMore(): boolean {
    return this.#pending.size > 0 || this.#hides !== null;
  }

  #flushSoon(): void {
    if (!this.#isBackingOff) {
      this.#flushing ??= this.#flush();
    }
  }

  async #flush(): Promise<void> {
    // Lets all changes of a commit gather before the first request.
    await Promise.resolve();
    while (this.#hasMore) {
      const changes = new Map(this.#pending);
      this.#pending.clear();
      this.#waitingForThis = this.#waitingForNext;
      this.#waitingForNext = [];
      try {
        await this.#write(changes);
        this.#noteWritten();
        await this.#hide();
      } catch (error) {
        this.#listener.failed(error);
        this.#takeBack(changes);
        this.#backOff();
        break;
      } finally {
        for (const resolve of this.#waitingForThis.splice(0)) {
          resolve();
        }
      }
    }
    this.#flushing = null;
    for (const resolve of [...this.#waitingForThis.splice(0), ...this.#waitingForNext.splice(0)]) {
      resolve();
    }
  }

  #noteWritten(): void {
    const hadFailed = this.#retryMs > RETRY_MS_MIN;
    this.#retryMs = RETRY_MS_MIN;
    if (hadFailed) {
      this.#listener.recovered();
    }
  }

  #backOff(): void {
    this.#isBackingOff = true;
    this.#clock.after(this.#retryMs, () => {
      this.#isBackingOff = false;
      this.#flushSoon();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
  }

  async #hide(): Promise<void> {
    const hides = this.#hides;
    this.#hides = null;
    if (hides !== null && hides.members.size > 0) {
      // A message that reappears early is refused with `leased` and put back.
      await this.#queue.hide([...hides.members], hides.hiddenUntil).catch(() => undefined);
    }
  }

  async #write(changes: ReadonlyMap<string, Date | null>): Promise<void> {
    if (changes.size === 0) {
      return;
    }
    const added: QueueMessage[] = [];
    const removed: string[] = [];
    for (const [member, visibleAt] of changes) {
      if (visibleAt === null) {
        removed.push(member);
      } else {
        added.push({ member, visibleAt });
      }
    }
    await this.#queue.write(added, removed);
  }

  #takeBack(changes: ReadonlyMap<string, Date | null>): void {
    for (const [member, visibleAt] of changes) {
      if (!this.#pending.has(member)) {
        this.#pending.set(member, visibleAt);
      }
    }
  }
}
