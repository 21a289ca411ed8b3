import type { RunId } from "../../src/domain/ids.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import type { Outcome } from "../../src/domain/run/outcome.ts";
import type { Step } from "../../src/domain/run/step.ts";
import type { LedgerEnvironment } from "../../src/ledger/environment.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import type { CommandRequest } from "../../src/ledger/request.ts";
import { stepKeyOf } from "./ids.ts";
import { environmentOf, requestOf } from "./ledger-environment.ts";
import { MemoryLedgerStore } from "./memory-ledger-store.ts";
import { completed } from "./outcomes.ts";
import { RecordingCapacity } from "./recording-capacity.ts";

/** A ledger over rows in memory. */
export class LedgerBench {
  readonly store = new MemoryLedgerStore();
  readonly capacity = new RecordingCapacity();
  readonly ledger: Ledger;

  constructor(plan: Plan, parts: Partial<LedgerEnvironment> = {}) {
    this.store.addWorkflow(plan);
    this.ledger = new Ledger(environmentOf(this.store, parts), this.capacity);
  }

  step(runId: RunId, key: string): Step {
    const step = this.store.steps(runId).find((candidate) => candidate.key === key);
    if (step === undefined) {
      throw new Error(`run ${runId} has no step ${key}`);
    }
    return step;
  }

  /** The states of a run's steps, by key. */
  statuses(runId: RunId): Readonly<Record<string, string>> {
    return Object.fromEntries(this.store.steps(runId).map((step) => [step.key, step.status]));
  }

  /** A request that settles the current attempt of a step. */
  settleOf(runId: RunId, key: string, outcome: Outcome = completed(key)): CommandRequest {
    const { attempt, token } = this.step(runId, key);
    if (token === null) {
      throw new Error(`step ${key} has no attempt`);
    }
    return requestOf(runId, { type: "settle", stepKey: stepKeyOf(key), attempt, token, outcome });
  }
}
