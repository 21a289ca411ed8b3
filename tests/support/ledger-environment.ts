import type { RunId } from "../../src/domain/ids.ts";
import type { Command } from "../../src/domain/run/command.ts";
import type { LedgerEnvironment } from "../../src/ledger/environment.ts";
import { PlanCache } from "../../src/ledger/plan-cache.ts";
import type { CommandRequest, StartRequest } from "../../src/ledger/request.ts";
import { readPlan } from "../../src/recipe/compile.ts";
import { runIdOf, START } from "./ids.ts";
import type { MemoryLedgerStore } from "./memory-ledger-store.ts";
import { planOf } from "./plans.ts";
import { sha256 } from "./sha256.ts";
import { LEASE_MS } from "./test-run.ts";

/**
 * Puts a ledger's surroundings together: a clock that stands still, seeds that count up, any input.
 *
 * @param store - Where the rows are.
 * @param parts - What the test cares about.
 * @returns The surroundings.
 */
export function environmentOf(store: MemoryLedgerStore, parts: Partial<LedgerEnvironment> = {}): LedgerEnvironment {
  let commandCount = 0;
  return {
    store,
    plans: new PlanCache(store, readPlan),
    hash: sha256,
    checkValue: (_schema, input) => ({ ok: true, input }),
    now: () => START,
    after: (_delayMs, callback) => {
      setImmediate(callback);
    },
    random: () => {
      commandCount += 1;
      return { seed: `seed-${commandCount}`, fraction: 1 };
    },
    leaseMs: LEASE_MS,
    ...parts,
  };
}

/**
 * Makes a start of the workflow `orders`.
 *
 * @param index - Which run: a number of the test's own.
 * @param parts - What the test cares about.
 * @returns The request.
 */
export function startOf(index = 0, parts: Partial<StartRequest> = {}): StartRequest {
  return {
    type: "start",
    runId: runIdOf(index),
    workflow: planOf([]).workflow,
    version: null,
    input: {},
    labels: {},
    idempotency: null,
    rerunOf: null,
    actor: "key:tester",
    ...parts,
  };
}

/**
 * Makes a request for a run.
 *
 * @param runId - The run.
 * @param command - What happened or is wanted.
 * @returns The request.
 */
export function requestOf(runId: RunId, command: Command): CommandRequest {
  return { type: "command", runId, command };
}
