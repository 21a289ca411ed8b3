import { UnavailableError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import { estimateBytes } from "./request-size.ts";
import type { LedgerReply, LedgerRequest } from "./request.ts";

/** A request on its way into a batch. */
export interface Waiting {
  readonly request: LedgerRequest;
  readonly bytes: number;
  readonly resolve: (reply: LedgerReply) => void;
  readonly reject: (error: unknown) => void;
  /** How long it has stood apart because of a lock, in ms. */
  apartMs: number;
  /** It made a batch wait for a lock before, so it goes without others. */
  isAlone: boolean;
}

/** Requests beyond this wait for the next batch, which bounds the size of a transaction. */
const BATCH_REQUESTS_MAX = 256;

/** Payload beyond this waits too: rows are written as JSON inside of JSON, which takes several times their size. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** What may wait before new work is refused, as a shard has 128 MiB for everything. */
const WAITING_BYTES_MAX = 48 * 1024 * 1024;

/** Requests beyond this are refused: the database is far behind, and the caller should come back later. */
const WAITING_REQUESTS_MAX = 20_000;

/** A new largest attempt counts at once; it is forgotten by this part with every smaller one. */
const FORGOTTEN_PART = 1 / 16;

/**
 * The requests that wait for the database, first come first served. New work is refused when too much waits. The report
 * of an attempt is not: its work is done, and only one that waits in line can be saved. What bounds the reports is that
 * no more attempts are begun than there is room for by what attempts read and reported of late.
 */
export class WaitingLine {
  readonly #line: Waiting[] = [];
  #apartCount = 0;
  #bytes = 0;
  #reportCount = 0;
  /** What an attempt comes to, by what it reads or reports: the largest of late. */
  #attemptBytes = 0;

  /** Whether nothing waits for a batch. */
  get isEmpty(): boolean {
    return this.#line.length === 0;
  }

  /** How many attempts may be open, with those whose report waits here, so that all reports fit. At least 1. */
  get attemptsMax(): number {
    const freeBytes = Math.max(0, WAITING_BYTES_MAX - this.#bytes);
    const free = this.#attemptBytes === 0 ? Infinity : Math.floor(freeBytes / this.#attemptBytes);
    return Math.max(1, this.#reportCount + free);
  }

  /**
   * Takes a request.
   *
   * @param request - The request.
   * @returns Its reply, once a batch has it.
   * @throws UnavailableError when too much waits already; never for a report.
   */
  async add(request: LedgerRequest): Promise<LedgerReply> {
    const count = this.#line.length + this.#apartCount;
    if (!isReport(request) && (count >= WAITING_REQUESTS_MAX || this.#bytes >= WAITING_BYTES_MAX)) {
      throw new UnavailableError("shard", `${count} requests wait for the database; try again later`);
    }
    const bytes = estimateBytes(request);
    if (isReport(request)) {
      this.#noteReport(bytes);
    }
    return new Promise((resolve, reject) => {
      this.#line.push({ request, bytes, resolve, reject, apartMs: 0, isAlone: false });
      this.#bytes += bytes;
      this.#reportCount += isReport(request) ? 1 : 0;
    });
  }

  /** Learns what an attempt reads. */
  noteReads(bytes: number): void {
    this.#attemptBytes = Math.max(bytes, this.#attemptBytes);
  }

  /** Takes out what goes together: few large ones or many small ones, at least one; one that goes alone with its run's. */
  takeBatch(): readonly Waiting[] {
    const first = this.#line[0];
    if (first === undefined) {
      return [];
    }
    const batch = first.isAlone ? this.#takeAlone(runOf(first.request)) : this.#line.splice(0, this.#batchLength());
    for (const { request, bytes } of batch) {
      this.#bytes -= bytes;
      this.#reportCount -= isReport(request) ? 1 : 0;
    }
    return batch;
  }

  /** Counts a request that stands apart for a while; it still takes its room. */
  leave({ request, bytes }: Waiting): void {
    this.#apartCount += 1;
    this.#bytes += bytes;
    this.#reportCount += isReport(request) ? 1 : 0;
  }

  /** Takes a request back that stood apart. */
  comeBack(waiting: Waiting): void {
    this.#apartCount -= 1;
    this.#line.push(waiting);
  }

  #noteReport(bytes: number): void {
    this.#attemptBytes = Math.max(bytes, this.#attemptBytes - (this.#attemptBytes - bytes) * FORGOTTEN_PART);
  }

  #takeAlone(runId: RunId): readonly Waiting[] {
    const batch: Waiting[] = [];
    for (let index = 0; index < this.#line.length && batch.length < BATCH_REQUESTS_MAX;) {
      const waiting = this.#line[index];
      if (waiting?.isAlone === true && runOf(waiting.request) === runId) {
        batch.push(...this.#line.splice(index, 1));
      } else {
        index += 1;
      }
    }
    return batch;
  }

  #batchLength(): number {
    let bytes = 0;
    const end = this.#line.slice(0, BATCH_REQUESTS_MAX).findIndex((waiting, index) => {
      bytes += waiting.bytes;
      return waiting.isAlone || (index > 0 && bytes > BATCH_BYTES_MAX);
    });
    return end === -1 ? BATCH_REQUESTS_MAX : end;
  }
}

/**
 * Gives the run that a request is about.
 *
 * @param request - Any request.
 * @returns The id of the run that it makes or changes.
 */
export function runOf(request: LedgerRequest): RunId {
  return request.runId;
}

/**
 * Tells the report of an attempt from what asks for new work.
 *
 * @param request - Any request.
 * @returns Whether it is a settle.
 */
export function isReport(request: LedgerRequest): boolean {
  return request.type === "command" && request.command.type === "settle";
}
