import type { SweepRequest } from "../../src/adapters/postgres/due-messages.ts";
import { type LeaseToken, type RunId, shardOfRun, type StepKey } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import type { Plan, StoredPlan } from "../../src/domain/plan/plan.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { keyOf } from "../../src/domain/run/mailbox.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { planKey } from "../../src/ledger/plan-cache.ts";
import type {
  EarlierRun,
  FoundRows,
  ItemValueRef,
  Lease,
  LoadedRows,
  LoadRequest,
  NewRun,
  PlanRef,
  ReadBack,
  RunMail,
  RunQuery,
  SaveRequest,
  StepRef,
  WorkflowHead,
} from "../../src/ledger/ports.ts";
import type { DueMessages } from "../../src/shard/dispatch/ports.ts";
import { MemorySteps } from "./memory-steps.ts";
import { findDueRows } from "./memory-sweep.ts";

/** A run's row. */
export interface StoredRun {
  readonly run: Run;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
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
  readonly #plans = new Map<string, PlanRef & StoredPlan>();
  readonly #runs = new Map<RunId, StoredRun>();
  readonly #steps = new MemorySteps();
  /** Runs by workflow and idempotency key. */
  readonly #runsByKey = new Map<string, RunId>();
  readonly #eventIds = new Set<string>();
  readonly #mail = new Map<RunId, Map<string, RunMail>>();

  /** Saves a version of a workflow; the one saved last is the latest. */
  addWorkflow(plan: Plan, version: number, enabled: boolean): void {
    const name = plan.workflow;
    this.#heads.set(name, { name, latestVersion: version, enabled });
    this.#plans.set(planKey({ workflow: name, version }), { workflow: name, version, recipe: {}, plan });
  }

  row(runId: RunId): StoredRun | undefined {
    return this.#runs.get(runId);
  }

  /** The steps of a run, in the order in which they were made. */
  steps(runId: RunId): readonly Step[] {
    return this.#steps.of(runId);
  }

  /** The output of a step as it is stored, whatever became of the step since; undefined when it has none. */
  output(ref: StepRef): Json | undefined {
    return this.#steps.output(ref);
  }

  /** The value of an item of a `foreach`; undefined when there is none. */
  item(ref: ItemValueRef): Json | undefined {
    return this.#steps.itemValues([ref])[0]?.value;
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

  loadPlans(refs: readonly PlanRef[]): readonly (PlanRef & StoredPlan)[] {
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
      ...this.find(request.rows),
      workflows: request.workflows.flatMap((name) => this.#heads.get(name) ?? []),
      earlierRuns: request.idempotency.flatMap(({ workflow, key }) => this.#earlier(workflow, key)),
    };
  }

  /** Finds steps, and each signal once. */
  find(queries: readonly RunQuery[]): FoundRows {
    const runIds = [...new Set(queries.map(({ runId }) => runId))];
    return {
      steps: queries.flatMap((query) => this.#steps.find(query)),
      mail: runIds.flatMap((runId) => this.mail(runId).filter((one) => queries.some((query) => isWanted(one, query)))),
    };
  }

  /** The signals of a run, oldest first. */
  mail(runId: RunId): readonly RunMail[] {
    return [...(this.#mail.get(runId)?.values() ?? [])];
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
    return leases.flatMap(({ token, ...ref }) => {
      const step = this.#steps.step(ref);
      if (step?.status !== "RUNNING" || step.token !== token) {
        return [];
      }
      this.#steps.update({ ...step, leaseExpiresAt: expiresAt });
      return [token];
    });
  }

  /** Ends the lease of a step's attempt, as time does when nobody renews it. */
  expireLease(runId: RunId, stepKey: StepKey, leaseExpiresAt: Date): void {
    const step = this.#steps.step({ runId, stepKey });
    if (step?.status === "RUNNING") {
      this.#steps.update({ ...step, leaseExpiresAt });
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
    for (const ref of request.emptied) {
      this.#steps.empty(ref);
    }
    for (const one of request.created) {
      this.#createRun(one);
    }
    const payloads = new Map(request.payloads.map((payload) => [`${payload.runId}/${payload.stepKey}`, payload]));
    for (const { run, input, created, steps } of request.changed) {
      this.#updateRun(run, input);
      this.#steps.create(run.id, created);
      for (const step of steps) {
        this.#steps.update(step, payloads.get(`${step.runId}/${step.key}`));
      }
    }
    for (const list of request.items) {
      this.#steps.putItems(list);
    }
    for (const mail of request.mail) {
      const box = this.#mail.get(mail.runId) ?? new Map<string, RunMail>();
      this.#mail.set(mail.runId, box.set(keyOf(mail), mail));
    }
    this.#steps.gather(request.payloads);
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

  #createRun({ run, seed, steps }: NewRun): void {
    const { input, idempotency } = seed;
    this.#runs.set(run.id, { run, input, labels: run.labels, idempotency });
    this.#steps.create(run.id, steps);
    if (idempotency !== null) {
      this.#runsByKey.set(idempotencyId(run.workflow, idempotency.key), run.id);
    }
  }

  #refuseDuplicates(request: SaveRequest): void {
    const { created, events } = request;
    const taken = [
      ...created.flatMap(({ run }) => (this.#runs.has(run.id) ? [`run ${run.id}`] : [])),
      ...created.flatMap(({ run, seed }) => {
        const id = seed.idempotency === null ? "" : idempotencyId(run.workflow, seed.idempotency.key);
        return this.#runsByKey.has(id) ? [`idempotency key ${id}`] : [];
      }),
      ...this.#steps.duplicates(request),
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

  #readBack({ inputsOf, resultsOf, itemsOf }: SaveRequest): ReadBack {
    return {
      inputs: new Map(
        inputsOf.flatMap((runId): [RunId, Json][] => {
          const row = this.#runs.get(runId);
          return row === undefined ? [] : [[runId, row.input]];
        }),
      ),
      results: this.#steps.results(resultsOf),
      items: this.#steps.itemValues(itemsOf),
    };
  }
}

function idempotencyId(workflow: string, key: string): string {
  return `${workflow}/${key}`;
}

function eventId({ runId, seq }: Event): string {
  return `${runId}/${seq}`;
}

function isWanted({ runId, name, takenBy, idempotencyKey }: RunMail, query: RunQuery): boolean {
  const { mail } = query;
  return (
    mail !== null &&
    runId === query.runId &&
    name === mail.name &&
    (takenBy === null || idempotencyKey === mail.idempotencyKey)
  );
}
