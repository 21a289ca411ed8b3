import type { LeaseToken, RunId, StepKey } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import type { Plan, StoredPlan } from "../../src/domain/plan/plan.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { planKey } from "../../src/ledger/plan-cache.ts";
import type {
  EarlierRun,
  Lease,
  LedgerStore,
  LedgerTransaction,
  LoadedRows,
  LoadRequest,
  PlanRef,
  ReadBack,
  SaveRequest,
  StepResult,
  WorkflowHead,
} from "../../src/ledger/ports.ts";

interface StoredRun {
  readonly run: Run;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
}

/** As many as the pool of a shard has. */
const CONNECTIONS_MAX = 3;

/** When a method of the store is to fail: the error it throws, or null. */
export interface StoreFaults {
  open: (request: LoadRequest) => Error | null;
  save: (request: SaveRequest) => Error | null;
  renew: () => Error | null;
}

/** The ledger's rows in memory. It loads exactly what is asked for, and a save is written whole or not at all. */
export class MemoryLedgerStore implements LedgerStore {
  readonly faults: StoreFaults = { open: () => null, save: () => null, renew: () => null };
  readonly loads: LoadRequest[] = [];
  readonly saves: SaveRequest[] = [];
  readonly renewals: (readonly Lease[])[] = [];
  /** Runs whose steps were all loaded, call by call. */
  readonly fullLoads: RunId[] = [];
  readonly events: Event[] = [];
  /** While set, transactions wait for it before they open. */
  gate: Promise<void> = Promise.resolve();
  openCount = 0;
  /** Runs that somebody else has locked. */
  readonly locked = new Set<RunId>();
  readonly #heads = new Map<string, WorkflowHead>();
  readonly #plans = new Map<string, PlanRef & StoredPlan>();
  readonly #runs = new Map<RunId, StoredRun>();
  readonly #steps = new Map<RunId, Map<StepKey, Step>>();
  readonly #outputs = new Map<string, Json>();

  /** Saves a version of a workflow; the highest is the latest. */
  addWorkflow(plan: Plan, version = 1, enabled = true): void {
    const name = plan.workflow;
    this.#heads.set(name, { name, latestVersion: version, enabled });
    this.#plans.set(planKey({ workflow: name, version }), { workflow: name, version, recipe: {}, plan });
  }

  /** A run as it is stored. */
  run(runId: RunId): Run | undefined {
    return this.#runs.get(runId)?.run;
  }

  /** A run's row. */
  row(runId: RunId): StoredRun | undefined {
    return this.#runs.get(runId);
  }

  /** The steps of a run, in the order of the recipe. */
  steps(runId: RunId): readonly Step[] {
    return [...(this.#steps.get(runId)?.values() ?? [])];
  }

  /** Every run that is stored. */
  get runIds(): readonly RunId[] {
    return [...this.#runs.keys()];
  }

  /** How many runs are stored. */
  get runCount(): number {
    return this.#runs.size;
  }

  async findPlanRefs(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, PlanRef>> {
    const found = runIds.flatMap((runId) => this.run(runId) ?? []);
    return new Map(found.map((run) => [run.id, { workflow: run.workflow, version: run.version }]));
  }

  async loadPlans(refs: readonly PlanRef[]): Promise<readonly (PlanRef & StoredPlan)[]> {
    return refs.flatMap((ref) => this.#plans.get(planKey(ref)) ?? []);
  }

  async open(request: LoadRequest): Promise<LedgerTransaction> {
    this.loads.push(request);
    await this.gate;
    const fault = this.faults.open(request);
    if (fault !== null) {
      throw fault;
    }
    if (this.openCount >= CONNECTIONS_MAX) {
      throw new Error("all connections are taken: somebody did not give theirs back");
    }
    this.openCount += 1;
    return this.#transaction(this.#load(request));
  }

  /** Ends the lease of a step's attempt, as time does when nobody renews it. */
  expireLease(runId: RunId, key: StepKey, leaseExpiresAt: Date): void {
    const step = this.#steps.get(runId)?.get(key);
    if (step?.status === "RUNNING") {
      this.#steps.get(runId)?.set(key, { ...step, leaseExpiresAt });
    }
  }

  async renewLeases(leases: readonly Lease[], expiresAt: Date): Promise<readonly LeaseToken[]> {
    const fault = this.faults.renew();
    if (fault !== null) {
      throw fault;
    }
    this.renewals.push(leases);
    return leases.flatMap(({ runId, stepKey, token }) => {
      const step = this.#steps.get(runId)?.get(stepKey);
      if (step?.status !== "RUNNING" || step.token !== token) {
        return [];
      }
      this.#steps.get(runId)?.set(stepKey, { ...step, leaseExpiresAt: expiresAt });
      return [token];
    });
  }

  #transaction(rows: LoadedRows): LedgerTransaction {
    let isOpen = true;
    const close = (): void => {
      this.openCount -= isOpen ? 1 : 0;
      isOpen = false;
    };
    return {
      rows,
      loadAllSteps: async (runId) => {
        this.fullLoads.push(runId);
        return this.steps(runId);
      },
      save: async (request) => {
        const fault = this.faults.save(request);
        close();
        if (fault !== null) {
          throw fault;
        }
        return this.#write(request);
      },
      rollback: async () => {
        close();
      },
    };
  }

  #load(request: LoadRequest): LoadedRows {
    const existing = request.runIds.flatMap((runId) => this.run(runId) ?? []);
    const runs = existing.filter(({ id }) => !this.locked.has(id));
    return {
      runs: new Map(runs.map((run) => [run.id, run])),
      lockedRuns: new Set(existing.flatMap(({ id }) => (this.locked.has(id) ? [id] : []))),
      steps: request.steps.flatMap((ref) => this.#steps.get(ref.runId)?.get(ref.stepKey) ?? []),
      workflows: request.workflows.flatMap((name) => this.#heads.get(name) ?? []),
      earlierRuns: request.idempotency.flatMap(({ workflow, key }) => this.#earlier(workflow, key)),
    };
  }

  #earlier(workflow: string, key: string): readonly EarlierRun[] {
    const found = [...this.#runs.values()].filter(
      (row) => row.run.workflow === workflow && row.idempotency?.key === key,
    );
    return found.map(({ run, idempotency }) => ({
      workflow: run.workflow,
      key,
      requestHash: idempotency?.requestHash ?? "",
      runId: run.id,
    }));
  }

  #write(request: SaveRequest): ReadBack {
    for (const { run } of request.created) {
      if (this.#runs.has(run.id)) {
        throw new Error(`duplicate key: run ${run.id}`);
      }
    }
    this.saves.push(request);
    for (const { run, seed, steps } of request.created) {
      this.#runs.set(run.id, { run, input: seed.input, labels: run.labels, idempotency: seed.idempotency });
      this.#steps.set(run.id, new Map(steps.map((step) => [step.key, step])));
    }
    for (const { run, input, steps } of request.changed) {
      this.#update(run, input, steps);
    }
    for (const { runId, stepKey, output } of request.payloads) {
      if (output !== undefined) {
        this.#outputs.set(`${runId}/${stepKey}`, output);
      }
    }
    this.events.push(...request.events);
    return this.#readBack(request);
  }

  #update(run: Run, input: Json | undefined, steps: readonly Step[]): void {
    const row = this.#runs.get(run.id);
    if (row === undefined) {
      throw new Error(`run ${run.id} is not stored`);
    }
    this.#runs.set(run.id, { ...row, run, input: input === undefined ? row.input : input });
    for (const step of steps) {
      this.#steps.get(run.id)?.set(step.key, step);
    }
  }

  #readBack({ inputsOf, resultsOf }: SaveRequest): ReadBack {
    const results = resultsOf.map(({ runId, stepKey }): StepResult => {
      const step = this.#steps.get(runId)?.get(stepKey);
      return {
        runId,
        stepKey,
        output: step?.status === "COMPLETED" ? (this.#outputs.get(`${runId}/${stepKey}`) ?? null) : null,
        error: step?.status === "FAILED" ? step.error : null,
      };
    });
    return { inputs: new Map(inputsOf.map((runId) => [runId, this.#runs.get(runId)?.input ?? null])), results };
  }
}
