import type { LeaseToken, RunId, StepKey } from "../../src/domain/ids.ts";
import type { Plan, StoredPlan } from "../../src/domain/plan/plan.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import type {
  Lease,
  LedgerStore,
  LedgerTransaction,
  LoadRequest,
  PlanRef,
  ReadBack,
  RunQuery,
  SaveRequest,
} from "../../src/ledger/ports.ts";
import { MemoryDatabase, type StoredRun } from "./memory-database.ts";

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
  /** What decisions asked for beyond the first load, call by call. */
  readonly furtherLoads: RunQuery[] = [];
  readonly database: MemoryDatabase;
  /** While set, transactions wait for it before they open. */
  gate: Promise<void> = Promise.resolve();
  openCount = 0;

  constructor(database = new MemoryDatabase()) {
    this.database = database;
  }

  /** Runs that somebody else has locked. */
  get locked(): Set<RunId> {
    return this.database.locked;
  }

  get events(): readonly Event[] {
    return this.database.events;
  }

  /** Saves a version of a workflow; the one saved last is the latest. */
  addWorkflow(plan: Plan, version = 1, enabled = true): void {
    this.database.addWorkflow(plan, version, enabled);
  }

  /** A run as it is stored. */
  run(runId: RunId): Run | undefined {
    return this.row(runId)?.run;
  }

  /** A run's row. */
  row(runId: RunId): StoredRun | undefined {
    return this.database.row(runId);
  }

  /** The steps of a run, in the order of the recipe. */
  steps(runId: RunId): readonly Step[] {
    return this.database.steps(runId);
  }

  /** Every run that is stored. */
  get runIds(): readonly RunId[] {
    return this.database.runIds;
  }

  /** How many runs are stored. */
  get runCount(): number {
    return this.runIds.length;
  }

  async findPlanRefs(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, PlanRef>> {
    return this.database.findPlanRefs(runIds);
  }

  async loadPlans(refs: readonly PlanRef[]): Promise<readonly (PlanRef & StoredPlan)[]> {
    return this.database.loadPlans(refs);
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
    return this.#transaction(request);
  }

  /** Ends the lease of a step's attempt, as time does when nobody renews it. */
  expireLease(runId: RunId, key: StepKey, leaseExpiresAt: Date): void {
    this.database.expireLease(runId, key, leaseExpiresAt);
  }

  async renewLeases(leases: readonly Lease[], expiresAt: Date): Promise<readonly LeaseToken[]> {
    const fault = this.faults.renew();
    if (fault !== null) {
      throw fault;
    }
    this.renewals.push(leases);
    return this.database.renewLeases(leases, expiresAt);
  }

  #transaction(request: LoadRequest): LedgerTransaction {
    const id = Symbol("transaction");
    let isOpen = true;
    const close = (): void => {
      this.openCount -= isOpen ? 1 : 0;
      isOpen = false;
      this.database.end(id);
    };
    return {
      rows: this.database.begin(request, id),
      load: async (query) => {
        this.furtherLoads.push(query);
        return this.database.find([query]);
      },
      save: async (saved) => {
        try {
          return this.#save(saved, id);
        } finally {
          close();
        }
      },
      rollback: async () => {
        close();
      },
    };
  }

  #save(request: SaveRequest, transaction: symbol): ReadBack {
    const fault = this.faults.save(request);
    if (fault !== null) {
      throw fault;
    }
    const read = this.database.commit(request, transaction);
    this.saves.push(request);
    return read;
  }
}
