import type { Hash } from "../domain/audit/chain.ts";
import type { PlanIndex } from "../domain/plan/plan-index.ts";
import type { CheckValue, DecideContext } from "../domain/run/decision.ts";
import type { PlanCache } from "./plan-cache.ts";
import type { LedgerStore } from "./ports.ts";

/** What the ledger needs from outside besides its store. */
export interface LedgerEnvironment {
  readonly store: LedgerStore;
  readonly plans: PlanCache;
  readonly hash: Hash;
  /** Checks inputs of runs and payloads of signals. */
  readonly checkValue: CheckValue;
  readonly now: () => Date;
  /** Calls back once after a time. */
  readonly after: (delayMs: number, callback: () => void) => void;
  /** New random text and number for each command. */
  readonly random: () => { readonly seed: string; readonly fraction: number };
  readonly leaseMs: number;
}

/**
 * Makes the context of one decision.
 *
 * @param environment - Clock and randomness.
 * @param plan - The run's plan.
 * @param room - How many attempts may be begun.
 * @returns The context.
 */
export function contextOf(environment: LedgerEnvironment, plan: PlanIndex, room: number): DecideContext {
  const { leaseMs, checkValue } = environment;
  return { plan, now: environment.now(), ...environment.random(), admission: { room }, leaseMs, checkValue };
}
