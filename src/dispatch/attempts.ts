import type { LeaseToken } from "../domain/ids.ts";
import type { Assignment } from "../domain/run/outcome.ts";
import type { Lease } from "../ledger/ports.ts";
import { describeError, type Log } from "./log.ts";

/** Invokes the consumer: resolves when the invocation has settled the attempt, rejects when it was lost. */
export type Execute = (assignment: Assignment) => Promise<void>;

/**
 * Makes calls tell the log why they were lost, as nobody else hears of it: the lease just runs out.
 *
 * @param execute - Invokes the consumer.
 * @param log - Where to tell.
 * @returns The same, with the log.
 */
export function logLostCalls(execute: Execute, log: Log): Execute {
  return async (assignment) => {
    try {
      await execute(assignment);
    } catch (error) {
      const { runId, stepKey, attempt } = assignment;
      const fields = { runId, step: stepKey, attempt, error: describeError(error) };
      log.warn("consumer call lost; its lease will run out", fields);
      throw error;
    }
  };
}

interface OpenAttempt {
  readonly lease: Lease;
  /** After this instant the lease is not renewed any more: the consumer has overrun its own deadline. */
  readonly renewUntilMs: number;
  /** The attempt has settled; only the consumer's answer is outstanding. */
  isSettled: boolean;
}

/** How long past its step's timeout an attempt may take to report back. */
const REPORT_GRACE_MS = 30_000;

/** The attempts whose consumer call is open, and how many more there may be. */
export class OpenAttempts {
  readonly #open = new Map<LeaseToken, OpenAttempt>();
  readonly #max: number;
  readonly #execute: Execute;
  #settledCount = 0;
  /** Consumer calls since the last event from outside: a Worker's subrequests per invocation are limited. */
  #callsInTurn = 0;
  readonly #callsInTurnMax: number;

  constructor(options: { readonly max: number; readonly callsInTurnMax: number; readonly execute: Execute }) {
    this.#max = options.max;
    this.#callsInTurnMax = options.callsInTurnMax;
    this.#execute = options.execute;
  }

  /** How many attempts are being executed. */
  get count(): number {
    return this.#open.size - this.#settledCount;
  }

  /** Whether only the limit on calls in one turn keeps attempts from being begun. */
  get isTurnSpent(): boolean {
    return this.#callsInTurn >= this.#callsInTurnMax;
  }

  /** An event from outside begins a new turn. */
  newTurn(): void {
    this.#callsInTurn = 0;
  }

  /** How many attempts may be begun, were the given ones settled. */
  room(settling: readonly LeaseToken[]): number {
    const freed = [...new Set(settling)].filter((token) => this.#open.get(token)?.isSettled === false).length;
    return Math.max(0, Math.min(this.#max - this.count + freed, this.#callsInTurnMax - this.#callsInTurn));
  }

  /** Marks an attempt as settled: its place is free although its consumer call has not returned yet. */
  settle(token: LeaseToken): void {
    const attempt = this.#open.get(token);
    if (attempt?.isSettled === false) {
      attempt.isSettled = true;
      this.#settledCount += 1;
    }
  }

  /**
   * Invokes the consumer.
   *
   * @param assignment - The attempt.
   * @param nowMs - Epoch ms.
   * @returns When the call has ended: whether it was lost.
   */
  async call(assignment: Assignment, nowMs: number): Promise<"returned" | "lost"> {
    const { runId, stepKey, token, node } = assignment;
    this.#callsInTurn += 1;
    this.#open.set(token, {
      lease: { runId, stepKey, token },
      renewUntilMs: nowMs + node.timeoutMs + REPORT_GRACE_MS,
      isSettled: false,
    });
    try {
      await this.#execute(assignment);
      return "returned";
    } catch {
      // The lease runs out and the attempt is repeated; whoever threw has logged why.
      return "lost";
    } finally {
      this.settle(token);
      this.#open.delete(token);
      this.#settledCount -= 1;
    }
  }

  /** The leases to renew. */
  leases(nowMs: number): readonly Lease[] {
    return [...this.#open.values()]
      .filter((attempt) => !attempt.isSettled && attempt.renewUntilMs > nowMs)
      .map((attempt) => attempt.lease);
  }
}
