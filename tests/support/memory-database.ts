import type { SweepRequest } from "../../src/adapters/postgres/due-messages.ts";
import type { DueMessages } from "../../src/dispatch/ports.ts";
import { memberOf } from "../../src/dispatch/queue.ts";
import type { Plan } from "../../src/domain/definition/plan.ts";
import { type LeaseToken, type RunId, shardOfRun, type StepKey } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { planKey } from "../../src/ledger/plan-cache.ts";
import type {
  EarlierRun,
  Lease,
  LoadedRows,
  LoadRequest,
  PlanRef,
  ReadBack,
  SaveRequest,
  StepRef,
  WorkflowHead,
} from "../../src/ledger/ports.ts";
import { findDueRows } from "./memory-sweep.ts";

/** A run's row. */
export interface StoredRun {
  readonly run: Run;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
}

/** A step's row. A payload that was never written is undefined. */
interface StoredStep {
  readonly step: Step;
  readonly input: Json | undefined;
  readonly output: Json | undefined;
}

/** The rows of PostgreSQL in memory, and the locks of those who are about to change them. */
export class MemoryDatabase {
  readonly events: Event[] = [];
  /** Runs that a session beside the shards has locked. */
  readonly locked = new Set<RunId>();
  /** Runs that a transaction has locked, by the transaction. */
  readonly #locks = new Map<RunId, symbol>();
  readonly #open = new Set<symbol>();
  readonly #heads = new Map<string, WorkflowHead>();
  readonly #plans = new Map<string, PlanRef & { readonly plan: Plan }>();
  readonly #runs = new Map<RunId, StoredRun>();
  readonly #steps = new Map<RunId, Map<StepKey, StoredStep>>();
  /** Runs by workflow and idempotency key. */
  readonly #runsByKey = new Map<string, RunId>();
  readonly #eventIds = new Set<string>();

  /** Saves a version of a workflow; the one saved last is the latest. */
  addWorkflow(plan: Plan, version: number, enabled: boolean): void {
    const name = plan.workflow;
    this.#heads.set(name, { name, latestVersion: version, enabled });
    this.#plans.set(planKey({ workflow: name, version }), { workflow: name, version, plan });
  }

  row(runId: RunId): StoredRun | undefined {
    return this.#runs.get(runId);
  }

  /** The steps of a run, in the order of the recipe. */
  steps(runId: RunId): readonly Step[] {
    return [...(this.#steps.get(runId)?.values() ?? [])].map(({ step }) => step);
  }

  /** The output of a step as it is stored, whatever became of the step since; undefined when it has none. */
  output({ runId, stepKey }: StepRef): Json | undefined {
    return this.#steps.get(runId)?.get(stepKey)?.output;
  }

  /** How many transactions have not ended. */
  get openCount(): number {
    return this.#open.size;
  }

  get runIds(): readonly RunId[] {
    return [...this.#runs.keys()];
  }

  findPlanRefs(runIds: readonly RunId[]): ReadonlyMap<RunId, PlanRef> {
    const found = runIds.flatMap((runId) => this.#runs.get(runId)?.run ?? []);
    return new Map(found.map(({ id, workflow, version }) => [id, { workflow, version }]));
  }

  loadPlans(refs: readonly PlanRef[]): readonly (PlanRef & { readonly plan: Plan })[] {
    return refs.flatMap((ref) => this.#plans.get(planKey(ref)) ?? []);
  }

  /** Begins a transaction: locks for it the runs that nobody else has locked, and loads what is asked for. */
  begin(request: LoadRequest, transaction: symbol): LoadedRows {
    this.#open.add(transaction);
    const existing = [...new Set(request.runIds)].toSorted().flatMap((runId) => this.#runs.get(runId)?.run ?? []);
    const free = existing.filter(({ id }) => !this.locked.has(id) && !this.#locks.has(id));
    free.forEach(({ id }) => this.#locks.set(id, transaction));
    const freeIds = new Set(free.map(({ id }) => id));
    return {
      runs: new Map(free.map((run) => [run.id, run])),
      lockedRuns: new Set(existing.flatMap(({ id }) => (freeIds.has(id) ? [] : [id]))),
      steps: request.steps.flatMap((ref) => this.#steps.get(ref.runId)?.get(ref.stepKey)?.step ?? []),
      workflows: request.workflows.flatMap((name) => this.#heads.get(name) ?? []),
      earlierRuns: request.idempotency.flatMap(({ workflow, key }) => this.#earlier(workflow, key)),
    };
  }

  /** Ends a transaction, if it has not ended yet: what it has locked is free. */
  end(transaction: symbol): void {
    this.#open.delete(transaction);
    for (const [runId, holder] of this.#locks) {
      if (holder === transaction) {
        this.#locks.delete(runId);
      }
    }
  }

  /** Writes all of it and ends the transaction; or nothing, when that has ended or a key is there already. */
  commit(request: SaveRequest, transaction: symbol): ReadBack {
    if (!this.#open.has(transaction)) {
      throw new Error("the transaction has ended: its connection was lost");
    }
    try {
      this.#refuseDuplicates(request);
      this.#write(request);
      return this.#readBack(request);
    } finally {
      this.end(transaction);
    }
  }

  renewLeases(leases: readonly Lease[], expiresAt: Date): readonly LeaseToken[] {
    return leases.flatMap(({ runId, stepKey, token }) => {
      const step = this.#steps.get(runId)?.get(stepKey)?.step;
      if (step?.status !== "RUNNING" || step.token !== token) {
        return [];
      }
      this.#updateStep({ ...step, leaseExpiresAt: expiresAt }, {});
      return [token];
    });
  }

  /** Ends the lease of a step's attempt, as time does when nobody renews it. */
  expireLease(runId: RunId, key: StepKey, leaseExpiresAt: Date): void {
    const step = this.#steps.get(runId)?.get(key)?.step;
    if (step?.status === "RUNNING") {
      this.#updateStep({ ...step, leaseExpiresAt }, {});
    }
  }

  /** Finds what should be on a shard's queue. */
  findDue(sweep: SweepRequest): DueMessages {
    const runs = [...this.#runs.values()].map(({ run }) => run).filter(({ id }) => shardOfRun(id) === sweep.shard);
    return findDueRows(
      runs,
      runs.flatMap((run) => this.steps(run.id).map((step) => ({ run, step }))),
      sweep,
    );
  }

  #write(request: SaveRequest): void {
    for (const { run, seed, steps } of request.created) {
      const { input, idempotency } = seed;
      this.#runs.set(run.id, { run, input, labels: run.labels, idempotency });
      const rows = steps.map((step): [StepKey, StoredStep] => [
        step.key,
        { step, input: undefined, output: undefined },
      ]);
      this.#steps.set(run.id, new Map(rows));
      if (idempotency !== null) {
        this.#runsByKey.set(idempotencyId(run.workflow, idempotency.key), run.id);
      }
    }
    const payloads = new Map(request.payloads.map((payload) => [memberOf(payload), payload]));
    for (const { run, input, steps } of request.changed) {
      this.#updateRun(run, input);
      for (const step of steps) {
        this.#updateStep(step, payloads.get(memberOf({ runId: step.runId, stepKey: step.key })) ?? {});
      }
    }
    for (const event of request.events) {
      this.events.push(event);
      this.#eventIds.add(eventId(event));
    }
  }

  #earlier(workflow: EarlierRun["workflow"], key: string): readonly EarlierRun[] {
    const runId = this.#runsByKey.get(idempotencyId(workflow, key));
    const idempotency = runId === undefined ? null : (this.#runs.get(runId)?.idempotency ?? null);
    return runId === undefined || idempotency === null
      ? []
      : [{ workflow, key, requestHash: idempotency.requestHash, runId }];
  }

  #refuseDuplicates({ created, events }: SaveRequest): void {
    const taken = [
      ...created.flatMap(({ run }) => (this.#runs.has(run.id) ? [`run ${run.id}`] : [])),
      ...created.flatMap(({ run, seed }) => {
        const id = seed.idempotency === null ? "" : idempotencyId(run.workflow, seed.idempotency.key);
        return this.#runsByKey.has(id) ? [`idempotency key ${id}`] : [];
      }),
      ...events.map(eventId).flatMap((id) => (this.#eventIds.has(id) ? [`event ${id}`] : [])),
    ];
    if (taken.length > 0) {
      throw new Error(`duplicate key: ${taken.join(", ")}`);
    }
  }

  #updateRun(run: Run, input: Json | undefined): void {
    const row = this.#runs.get(run.id);
    if (row !== undefined) {
      this.#runs.set(run.id, { ...row, run, input: input === undefined ? row.input : input });
    }
  }

  #updateStep(step: Step, payload: { readonly input?: Json; readonly output?: Json }): void {
    const rows = this.#steps.get(step.runId);
    const row = rows?.get(step.key);
    if (rows !== undefined && row !== undefined) {
      const { input = row.input, output = row.output } = payload;
      rows.set(step.key, { step, input, output });
    }
  }

  #readBack({ inputsOf, resultsOf }: SaveRequest): ReadBack {
    const rows = resultsOf.flatMap(({ runId, stepKey }) => this.#steps.get(runId)?.get(stepKey) ?? []);
    return {
      inputs: new Map(
        inputsOf.flatMap((runId): [RunId, Json][] => {
          const row = this.#runs.get(runId);
          return row === undefined ? [] : [[runId, row.input]];
        }),
      ),
      results: rows.map(({ step, output }) => ({
        runId: step.runId,
        stepKey: step.key,
        output: step.status === "COMPLETED" ? (output ?? null) : null,
        error: step.status === "FAILED" ? step.error : null,
      })),
    };
  }
}

function idempotencyId(workflow: string, key: string): string {
  return `${workflow}/${key}`;
}

function eventId({ runId, seq }: Event): string {
  return `${runId}/${seq}`;
}
