import { InvariantError, LockedError, UnavailableError } from "../domain/errors.ts";
import type { LeaseToken } from "../domain/ids.ts";
import { type Commit, executeBatch } from "./batch.ts";
import type { LedgerEnvironment } from "./environment.ts";
import type { Lease } from "./ports.ts";
import { estimateReadBytes } from "./request-size.ts";
import { isStartReply } from "./request.ts";
import type { CommandReply, CommandRequest, LedgerReply, LedgerRequest, StartReply, StartRequest } from "./request.ts";
import { isReport, runOf, type Waiting, WaitingLine } from "./waiting-line.ts";

/** Who executes the attempts that the ledger begins. */
export interface AttemptCapacity {
  /**
   * Tells how many attempts may be begun.
   *
   * @param settling - Attempts that end with the batch about to be executed; their places are free again.
   */
  room(settling: readonly LeaseToken[]): number;
  /** Takes what a commit leaves to do. Called once a commit, before its requests are answered; must not throw. */
  committed(commit: Commit): void;
}

interface Renewal {
  readonly leases: readonly Lease[];
  readonly expiresAt: Date;
  readonly done: (held: ReadonlySet<LeaseToken> | null) => void;
}

/** A request that a lock holds up is tried again after this, in ms, and after twice as long each time, up to a bound. */
const APART_MS_MIN = 20;
const APART_MS_MAX = 1_000;

/** Runs of one batch that are waited for; when so many are locked, a whole table may be, and the others wait as well. */
const LOCKED_RUNS_MAX = 4;

/**
 * How long requests wait for a lock, in ms: a client's or an operator's for some seconds; that of a message on the queue
 * for no longer than another copy of the shard holds a run, as the message can be put aside; the report of an attempt as
 * long as it takes.
 */
const LOCK_PATIENCE_MS = { client: 5_000, message: 100, report: Infinity } as const;

/** Sizes of the batches so far, for metrics. */
export interface LedgerCounters {
  readonly batches: number;
  readonly requests: number;
  readonly replays: number;
}

/**
 * The only code that changes the state of runs. Requests that arrive while a transaction is in flight form the next
 * batch (group commit): no timer, and no added latency when idle. One transaction is in flight at a time.
 */
export class Ledger {
  readonly #environment: LedgerEnvironment;
  readonly #capacity: AttemptCapacity;
  readonly #line = new WaitingLine();
  #leases: Renewal | null = null;
  #draining = false;
  readonly #counters = { batches: 0, requests: 0, replays: 0 };

  constructor(environment: LedgerEnvironment, capacity: AttemptCapacity) {
    this.#environment = environment;
    this.#capacity = capacity;
  }

  get counters(): LedgerCounters {
    return this.#counters;
  }

  /** How many attempts may be open so that there is room for what they read and report. */
  get attemptsMax(): number {
    return this.#line.attemptsMax;
  }

  /** Makes a run. Rejects with the database's error; nothing is written then. */
  async start(request: StartRequest): Promise<StartReply> {
    const reply = await this.#submit(request);
    if (!isStartReply(reply)) {
      throw new InvariantError(`a start was answered with ${reply.kind}`);
    }
    return reply;
  }

  /**
   * Changes a run. Rejects with the database's error; nothing is written then. A request whose run somebody else has
   * locked waits apart from the others: that of a message hardly, a client's for some seconds, both reject with a
   * `LockedError` then; the report of an attempt as long as it takes.
   */
  async apply(request: CommandRequest): Promise<CommandReply> {
    const reply = await this.#submit(request);
    if (isStartReply(reply)) {
      throw new InvariantError(`a command was answered with ${reply.kind}`);
    }
    return reply;
  }

  /**
   * Renews leases between two batches: a statement of its own beside a batch could deadlock with it.
   *
   * @returns The attempts that hold their lease, or null when that could not be found out.
   */
  async renew(leases: readonly Lease[], expiresAt: Date): Promise<ReadonlySet<LeaseToken> | null> {
    return new Promise((done) => {
      // The newer renewal takes the place of one that still waits: its leases are those that are open now.
      this.#leases?.done(null);
      this.#leases = { leases, expiresAt, done };
      this.#drain();
    });
  }

  async #submit(request: LedgerRequest): Promise<LedgerReply> {
    const reply = this.#line.add(request);
    this.#drain();
    return reply;
  }

  #drain(): void {
    if (!this.#draining) {
      this.#draining = true;
      void this.#drainAll();
    }
  }

  async #drainAll(): Promise<void> {
    // Requests made in the same turn of the event loop belong to the same batch.
    await Promise.resolve();
    while (!this.#line.isEmpty || this.#leases !== null) {
      await this.#renewLeases();
      const batch = this.#line.takeBatch();
      if (batch.length > 0) {
        await this.#executeOrReplay(batch);
      }
    }
    this.#draining = false;
  }

  async #renewLeases(): Promise<void> {
    const renewal = this.#leases;
    this.#leases = null;
    if (renewal !== null) {
      try {
        renewal.done(new Set(await this.#environment.store.renewLeases(renewal.leases, renewal.expiresAt)));
      } catch {
        // A lease that is not renewed runs out: the attempt is repeated under the same idempotency key.
        renewal.done(null);
      }
    }
  }

  /** One bad request must not sink its batch: after a refusal by the database, each request gets its own transaction. */
  async #executeOrReplay(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#execute(batch);
    } catch (error) {
      if (error instanceof LockedError) {
        await this.#replayUnlocked(batch, error);
      } else if (batch.length === 1 || error instanceof UnavailableError) {
        for (const waiting of batch) {
          waiting.reject(error);
        }
      } else {
        this.#counters.replays += 1;
        for (const waiting of batch) {
          await this.#executeOrReplay([waiting]);
        }
      }
    }
  }

  /** After a wait for a lock the batch goes run by run, so that each run that is locked is waited for once. */
  async #replayUnlocked(batch: readonly Waiting[], error: LockedError): Promise<void> {
    const parts = byRun(batch);
    if (parts.length === 1) {
      for (const waiting of batch) {
        waiting.isAlone = true;
        this.#setApart(waiting, error);
      }
      return;
    }
    this.#counters.replays += 1;
    let lockedCount = 0;
    for (const part of parts) {
      if (lockedCount < LOCKED_RUNS_MAX) {
        await this.#executeOrReplay(part);
        lockedCount += part.some(({ isAlone }) => isAlone) ? 1 : 0;
      } else {
        part.forEach((waiting) => {
          this.#setApart(waiting, error);
        });
      }
    }
  }

  async #execute(batch: readonly Waiting[]): Promise<void> {
    const requests = batch.map((waiting) => waiting.request);
    const room = this.#capacity.room(requests.flatMap(settledToken));
    const result = await executeBatch(this.#environment, requests, room);
    this.#counters.batches += 1;
    this.#counters.requests += batch.length;
    for (const assignment of result.commit.assignments) {
      this.#line.noteReads(estimateReadBytes(assignment));
    }
    this.#capacity.committed(result.commit);
    for (const [index, waiting] of batch.entries()) {
      const reply = result.replies[index] ?? null;
      if (reply === null) {
        this.#setApart(waiting, new LockedError());
      } else {
        waiting.resolve(reply);
      }
    }
  }

  /** Tries a request again later that a lock holds up, or gives it up when its patience is over. */
  #setApart(waiting: Waiting, error: LockedError): void {
    if (waiting.apartMs >= lockPatienceMs(waiting.request)) {
      waiting.reject(error);
      return;
    }
    const delayMs = Math.min(Math.max(APART_MS_MIN, waiting.apartMs), APART_MS_MAX);
    waiting.apartMs += delayMs;
    this.#line.leave(waiting);
    this.#environment.after(delayMs, () => {
      this.#line.comeBack(waiting);
      this.#drain();
    });
  }
}

function lockPatienceMs(request: LedgerRequest): number {
  if (isReport(request)) {
    return LOCK_PATIENCE_MS.report;
  }
  const isMessage = request.type === "command" && request.command.type === "wake";
  return isMessage ? LOCK_PATIENCE_MS.message : LOCK_PATIENCE_MS.client;
}

function byRun(batch: readonly Waiting[]): readonly (readonly Waiting[])[] {
  return [...Map.groupBy(batch, ({ request }) => runOf(request)).values()];
}

function settledToken(request: LedgerRequest): readonly LeaseToken[] {
  return request.type === "command" && request.command.type === "settle" ? [request.command.token] : [];
}
