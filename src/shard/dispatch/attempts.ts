import type { LeaseToken } from "../../domain/ids.ts";
import type { Assignment } from "../../domain/run/outcome.ts";
import { messageOf } from "../../domain/target.ts";
import type { Lease } from "../../ledger/ports.ts";
import type { Clock } from "../../runtime/clock.ts";
import { describeError, type Log } from "../../runtime/log.ts";

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
  /**
   * How often its lease is still renewed; then the consumer has overrun its own deadline. Counted and not compared with
   * the clock: a clock that moves on must not end the lease of an attempt that is at work.
   */
  renewalsLeft: number;
  /** The attempt has settled; only the consumer's answer is outstanding. */
  isSettled: boolean;
}

/** How long past its step's timeout an attempt may take to report for the first time. */
const REPORT_GRACE_MS = 30_000;

/** How long an attempt that has something to report keeps its lease while PostgreSQL cannot take it. */
const REPORTING_MS_MAX = 900_000;

/**
 * Attempts that are open at first. What a step reports is not known before the first reports are there, and each can be
 * 1 MiB; so a shard that has just woken begins more only as they come, or as time passes without any.
 */
const MAX_AT_FIRST = 32;
const GROWS_EVERY_MS = 500;

/** What open attempts are bounded by and how they are executed. */
export interface OpenAttemptsOptions {
  readonly clock: Clock;
  readonly max: number;
  readonly callsInTurnMax: number;
  /** How often leases are renewed. */
  readonly renewalMs: number;
  readonly execute: Execute;
  /** How many may be open so that there is room for what they read and report. */
  readonly reportsMax: () => number;
  /** Told when time alone has made room. */
  readonly onGrown: () => void;
}

/** The attempts whose consumer call is open, and how many more there may be. */
export class OpenAttempts {
  readonly #open = new Map<LeaseToken, OpenAttempt>();
  /** Tokens of those that have not settled, by their steps' messages. */
  readonly #unsettled = new Map<string, LeaseToken>();
  readonly #options: OpenAttemptsOptions;
  /** Consumer calls since the last event from outside: a Worker's subrequests per invocation are limited. */
  #callsInTurn = 0;
  #maxSoFar = MAX_AT_FIRST;
  #isGrowing = false;

  constructor(options: OpenAttemptsOptions) {
    this.#options = options;
  }

  /** How many attempts are being executed. */
  get count(): number {
    return this.#unsettled.size;
  }

  /** Whether only the limit on calls in one turn keeps attempts from being begun. */
  get isTurnSpent(): boolean {
    return this.#callsInTurn >= this.#options.callsInTurnMax;
  }

  /** An event from outside begins a new turn. */
  newTurn(): void {
    this.#callsInTurn = 0;
  }

  /** How many attempts may be begun, were the given ones settled. */
  room(settling: readonly LeaseToken[]): number {
    const { max, callsInTurnMax, reportsMax } = this.#options;
    const freed = [...new Set(settling)].filter((token) => this.#open.get(token)?.isSettled === false).length;
    const places = Math.min(max, this.#maxSoFar, reportsMax()) - this.count + freed;
    return Math.max(0, Math.min(places, callsInTurnMax - this.#callsInTurn));
  }

  /** Whether the attempt of a step is at work here and its lease is renewed, whatever the clock or the queue says. */
  holds(member: string): boolean {
    const token = this.#unsettled.get(member);
    return token !== undefined && (this.#open.get(token)?.renewalsLeft ?? 0) > 0;
  }

  /** The attempt has something to report: it keeps its lease until that is saved. */
  report(token: LeaseToken): void {
    this.#maxSoFar = Math.min(this.#options.max, this.#maxSoFar * 2);
    const attempt = this.#open.get(token);
    if (attempt !== undefined) {
      attempt.renewalsLeft = Math.max(attempt.renewalsLeft, this.#renewalsIn(REPORTING_MS_MAX));
    }
  }

  /** Marks an attempt as settled: its place is free although its consumer call has not returned yet. */
  settle(token: LeaseToken): void {
    const attempt = this.#open.get(token);
    if (attempt?.isSettled === false) {
      attempt.isSettled = true;
      const member = messageOf({ runId: attempt.lease.runId, target: attempt.lease.stepKey });
      if (this.#unsettled.get(member) === token) {
        this.#unsettled.delete(member);
      }
    }
  }

  /** An attempt was begun: it takes a place, and its lease is kept. Its call follows. */
  open({ runId, stepKey, token }: Assignment): void {
    const lease = { runId, stepKey, token };
    this.#callsInTurn += 1;
    this.#open.set(token, { lease, renewalsLeft: Infinity, isSettled: false });
    this.#unsettled.set(messageOf({ runId, target: stepKey }), token);
    this.#growLater();
  }

  /**
   * Invokes the consumer, unless the attempt has lost its lease meanwhile.
   *
   * @param assignment - The attempt, which is open.
   * @returns When the call has ended: whether it, or the attempt before it, was lost.
   */
  async call(assignment: Assignment): Promise<"returned" | "lost"> {
    const { token, node } = assignment;
    const attempt = this.#open.get(token);
    if (attempt === undefined || attempt.isSettled) {
      // It lost its lease before its turn came: its run was canceled, or another copy of the shard has repeated it.
      this.#open.delete(token);
      return "lost";
    }
    // From here on: until it is called an attempt has had no time to do anything.
    attempt.renewalsLeft = this.#renewalsIn(node.timeoutMs + REPORT_GRACE_MS);
    try {
      await this.#options.execute(assignment);
      return "returned";
    } catch {
      // The lease runs out and the attempt is repeated; whoever threw has logged why.
      return "lost";
    } finally {
      this.settle(token);
      this.#open.delete(token);
    }
  }

  /** The leases to renew. */
  leases(): readonly Lease[] {
    return [...this.#open.values()]
      .filter((attempt) => !attempt.isSettled && attempt.renewalsLeft > 0)
      .map((attempt) => attempt.lease);
  }

  /** All leases are renewed once more. Gives the attempts for which it is the last time: their consumers have overrun. */
  countRenewal(): readonly LeaseToken[] {
    for (const attempt of this.#open.values()) {
      attempt.renewalsLeft -= 1;
    }
    return [...this.#open].flatMap(([token, { renewalsLeft }]) => (renewalsLeft === 0 ? [token] : []));
  }

  #growLater(): void {
    if (this.#isGrowing || this.#maxSoFar >= this.#options.max) {
      return;
    }
    this.#isGrowing = true;
    this.#options.clock.after(GROWS_EVERY_MS, () => {
      this.#isGrowing = false;
      this.#maxSoFar = Math.min(this.#options.max, this.#maxSoFar * 2);
      this.#growLater();
      this.#options.onGrown();
    });
  }

  #renewalsIn(ms: number): number {
    return Math.ceil(ms / this.#options.renewalMs);
  }
}
