import { InvariantError, UnavailableError } from "../domain/errors.ts";
import type { LeaseToken } from "../domain/ids.ts";
import { type Commit, executeBatch } from "./batch.ts";
import type { LedgerEnvironment } from "./environment.ts";
import type { Lease } from "./ports.ts";
import { estimateBytes } from "./request-size.ts";
import { isStartReply } from "./request.ts";
import type { CommandReply, CommandRequest, LedgerReply, LedgerRequest, StartReply, StartRequest } from "./request.ts";

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

interface Waiting {
  readonly request: LedgerRequest;
  readonly bytes: number;
  readonly resolve: (reply: LedgerReply) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests beyond this wait for the next batch, which bounds the size of a transaction. */
const BATCH_REQUESTS_MAX = 256;

/** Payload beyond this waits too: rows are written as JSON inside of JSON, which takes several times their size. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** Payload beyond this is refused, as a shard has 128 MiB for everything. */
const WAITING_BYTES_MAX = 48 * 1024 * 1024;

/** Requests beyond this are refused: the database is far behind, and the caller should come back later. */
const WAITING_REQUESTS_MAX = 20_000;

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
  readonly #waiting: Waiting[] = [];
  #leases: Renewal | null = null;
  #draining = false;
  #waitingBytes = 0;
  readonly #counters = { batches: 0, requests: 0, replays: 0 };

  constructor(environment: LedgerEnvironment, capacity: AttemptCapacity) {
    this.#environment = environment;
    this.#capacity = capacity;
  }

  get counters(): LedgerCounters {
    return this.#counters;
  }

  /** Makes a run. Rejects with the database's error; nothing is written then. */
  async start(request: StartRequest): Promise<StartReply> {
    const reply = await this.#submit(request);
    if (!isStartReply(reply)) {
      throw new InvariantError(`a start was answered with ${reply.kind}`);
    }
    return reply;
  }

  /** Changes a run. Rejects with the database's error; nothing is written then. */
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
    if (this.#waiting.length >= WAITING_REQUESTS_MAX || this.#waitingBytes >= WAITING_BYTES_MAX) {
      throw new UnavailableError("shard", `${this.#waiting.length} requests wait for the database; try again later`);
    }
    return new Promise((resolve, reject) => {
      const bytes = estimateBytes(request);
      this.#waitingBytes += bytes;
      this.#waiting.push({ request, bytes, resolve, reject });
      this.#drain();
    });
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
    while (this.#waiting.length > 0 || this.#leases !== null) {
      await this.#renewLeases();
      const batch = this.#waiting.splice(0, this.#batchLength());
      for (const { bytes } of batch) {
        this.#waitingBytes -= bytes;
      }
      if (batch.length > 0) {
        await this.#executeOrReplay(batch);
      }
    }
    this.#draining = false;
  }

  /** How many of those that wait go together: few large ones or many small ones, at least one. */
  #batchLength(): number {
    let bytes = 0;
    const tooMuch = this.#waiting.slice(0, BATCH_REQUESTS_MAX).findIndex((waiting, index) => {
      bytes += waiting.bytes;
      return index > 0 && bytes > BATCH_BYTES_MAX;
    });
    return tooMuch === -1 ? BATCH_REQUESTS_MAX : tooMuch;
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
      if (batch.length === 1 || error instanceof UnavailableError) {
        for (const waiting of batch) {
          waiting.reject(error);
        }
        return;
      }
      this.#counters.replays += 1;
      for (const waiting of batch) {
        await this.#executeOrReplay([waiting]);
      }
    }
  }

  async #execute(batch: readonly Waiting[]): Promise<void> {
    const requests = batch.map((waiting) => waiting.request);
    const room = this.#capacity.room(requests.flatMap(settledToken));
    const result = await executeBatch(this.#environment, requests, room);
    this.#counters.batches += 1;
    this.#counters.requests += batch.length;
    this.#capacity.committed(result.commit);
    for (const [index, waiting] of batch.entries()) {
      const reply = result.replies[index];
      if (reply !== undefined) {
        waiting.resolve(reply);
      }
    }
  }
}

function settledToken(request: LedgerRequest): readonly LeaseToken[] {
  return request.type === "command" && request.command.type === "settle" ? [request.command.token] : [];
}
