import type { SweepRequest } from "../../src/adapters/postgres/due-messages.ts";
import { type LeaseToken, type RunId, shardOfRun, type StepKey } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import { containerOf, innerKeyOf } from "../../src/domain/path.ts";
import type { Plan, StoredPlan } from "../../src/domain/plan/plan.ts";
import type { RowSet } from "../../src/domain/run/concerns.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { keyOf } from "../../src/domain/run/mailbox.ts";
import type { Run } from "../../src/domain/run/run.ts";
import { isUnfinished, type Step } from "../../src/domain/run/step.ts";
import { planKey } from "../../src/ledger/plan-cache.ts";
import type {
  EarlierRun,
  FoundRows,
  Lease,
  LoadedRows,
  LoadRequest,
  PlanRef,
  ReadBack,
  RunMail,
  RunQuery,
  SaveRequest,
  StepRef,
  WorkflowHead,
} from "../../src/ledger/ports.ts";
import type { DueMessages } from "../../src/shard/dispatch/ports.ts";
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
  readonly #heads = new Map<string, WorkflowHead>();
  readonly #plans = new Map<string, PlanRef & StoredPlan>();
  readonly #runs = new Map<RunId, StoredRun>();
  readonly #steps = new Map<RunId, Map<StepKey, StoredStep>>();
  /** Runs by workflow and idempotency key. */
  readonly #runsByKey = new Map<string, RunId>();
  readonly #eventIds = new Set<string>();
  readonly #mail = new Map<RunId, Map<string, RunMail>>();
  /** Lists of `foreach` steps, by run and step. */
  readonly #items = new Map<string, readonly Json[]>();

  /** Saves a version of a workflow; the one saved last is the latest. */
  addWorkflow(plan: Plan, version: number, enabled: boolean): void {
    const name = plan.workflow;
    this.#heads.set(name, { name, latestVersion: version, enabled });
    this.#plans.set(planKey({ workflow: name, version }), { workflow: name, version, recipe: {}, plan });
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

  /** Locks for a transaction the runs that nobody else has locked, and loads what is asked for. */
  load(request: LoadRequest, transaction: symbol): LoadedRows {
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

  /** Finds steps and signals. */
  find(queries: readonly RunQuery[]): FoundRows {
    return {
      steps: queries.flatMap(({ runId, keys, rows }) => {
        const byKey = keys.flatMap((key) => this.#steps.get(runId)?.get(key)?.step ?? []);
        return rows === null ? byKey : [...byKey, ...selectRows(this.steps(runId), rows)];
      }),
      mail: queries.flatMap(({ runId, mail }) =>
        mail === null
          ? []
          : this.mail(runId).filter(
              ({ name, takenBy, idempotencyKey }) =>
                name === mail.name && (takenBy === null || idempotencyKey === mail.idempotencyKey),
            ),
      ),
    };
  }

  /** The signals of a run, oldest first. */
  mail(runId: RunId): readonly RunMail[] {
    return [...(this.#mail.get(runId)?.values() ?? [])];
  }

  /** Frees what a transaction has locked. */
  unlock(transaction: symbol): void {
    for (const [runId, holder] of this.#locks) {
      if (holder === transaction) {
        this.#locks.delete(runId);
      }
    }
  }

  /** Writes all of it, or nothing when a key is there already. */
  write(request: SaveRequest): ReadBack {
    this.#refuseDuplicates(request);
    request.emptied.forEach((ref) => {
      this.#emptyForeach(ref);
    });
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
    const payloads = new Map(request.payloads.map((payload) => [refId(payload), payload]));
    for (const { run, input, created, steps } of request.changed) {
      this.#updateRun(run, input);
      for (const step of created) {
        this.#steps.get(run.id)?.set(step.key, { step, input: undefined, output: undefined });
      }
      for (const step of steps) {
        this.#updateStep(step, payloads.get(refId({ runId: step.runId, stepKey: step.key })) ?? {});
      }
    }
    for (const { runId, stepKey, values } of request.items) {
      this.#items.set(refId({ runId, stepKey }), values);
    }
    for (const mail of request.mail) {
      const box = this.#mail.get(mail.runId) ?? new Map<string, RunMail>();
      this.#mail.set(mail.runId, box.set(keyOf(mail), mail));
    }
    const gathers = request.payloads.filter(({ gather }) => gather !== undefined);
    for (const { runId, stepKey, gather = "" } of gathers.toSorted((one, other) => depthOf(other) - depthOf(one))) {
      this.#gather({ runId, stepKey }, gather);
    }
    for (const event of request.events) {
      this.events.push(event);
      this.#eventIds.add(eventId(event));
    }
    return this.#readBack(request);
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

  #earlier(workflow: EarlierRun["workflow"], key: string): readonly EarlierRun[] {
    const runId = this.#runsByKey.get(idempotencyId(workflow, key));
    const idempotency = runId === undefined ? null : (this.#runs.get(runId)?.idempotency ?? null);
    return runId === undefined || idempotency === null
      ? []
      : [{ workflow, key, requestHash: idempotency.requestHash, runId }];
  }

  #emptyForeach({ runId, stepKey }: StepRef): void {
    const rows = this.#steps.get(runId);
    for (const key of rows?.keys() ?? []) {
      if (key.startsWith(`${stepKey}[`)) {
        rows?.delete(key);
      }
    }
    for (const id of this.#items.keys()) {
      if (id === refId({ runId, stepKey }) || id.startsWith(`${refId({ runId, stepKey })}[`)) {
        this.#items.delete(id);
      }
    }
  }

  /** Puts the output of a `foreach` together. */
  #gather({ runId, stepKey }: StepRef, node: string): void {
    const rows = this.#steps.get(runId);
    const items = this.steps(runId).filter(({ key }) => containerOf(key) === stepKey);
    const output = items
      .toSorted((one, other) => one.position - other.position)
      .map((item): Json => {
        if (item.error !== null && item.status === "FAILED") {
          return { error: { code: item.error.code, message: item.error.message } };
        }
        const result = rows?.get(innerKeyOf(item.key, node));
        return result?.step.status === "COMPLETED" ? (result.output ?? null) : null;
      });
    const row = rows?.get(stepKey);
    if (row !== undefined) {
      rows?.set(stepKey, { ...row, output });
    }
  }

  #refuseDuplicates({ created, changed, emptied, events }: SaveRequest): void {
    const taken = [
      ...created.flatMap(({ run }) => (this.#runs.has(run.id) ? [`run ${run.id}`] : [])),
      ...changed.flatMap(({ run, created: steps }) =>
        steps.flatMap(({ key }) => (this.#hasStep(run.id, key, emptied) ? [`step ${run.id}/${key}`] : [])),
      ),
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

  #hasStep(runId: RunId, key: StepKey, emptied: readonly StepRef[]): boolean {
    const isGone = emptied.some((ref) => ref.runId === runId && key.startsWith(`${ref.stepKey}[`));
    return !isGone && this.#steps.get(runId)?.has(key) === true;
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

  #readBack({ inputsOf, resultsOf, itemsOf }: SaveRequest): ReadBack {
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
      items: itemsOf.flatMap((ref) => {
        const value = this.#items.get(refId(ref))?.[ref.index];
        return value === undefined ? [] : [{ ...ref, value }];
      }),
    };
  }
}

function idempotencyId(workflow: string, key: string): string {
  return `${workflow}/${key}`;
}

function eventId({ runId, seq }: Event): string {
  return `${runId}/${seq}`;
}

function refId({ runId, stepKey }: StepRef): string {
  return `${runId}/${stepKey}`;
}

function depthOf({ stepKey }: StepRef): number {
  return stepKey.split("[").length;
}

function selectRows(steps: readonly Step[], rows: RowSet): readonly Step[] {
  switch (rows.kind) {
    case "all":
      return steps;
    case "unfinished":
      return steps.filter(isUnfinished);
    case "waiting_for":
      return steps.filter(
        ({ status, waitingFor }) =>
          status === "WAITING" && waitingFor?.kind === "signal" && waitingFor.name === rows.signal,
      );
    case "next_item": {
      const waiting = steps.filter(({ key, status }) => status === "PENDING" && containerOf(key) === rows.foreach);
      const [next] = waiting.toSorted((one, other) => one.position - other.position);
      return next === undefined ? [] : steps.filter(({ key }) => key === next.key || key.startsWith(`${next.key}.`));
    }
  }
}
