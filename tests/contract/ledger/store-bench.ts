import { assert } from "vitest";
import type { SweepRequest } from "../../../src/adapters/postgres/due-messages.ts";
import type { RunId, StepKey } from "../../../src/domain/ids.ts";
import type { Plan } from "../../../src/domain/plan/plan.ts";
import { type StepQuery, stepQuery } from "../../../src/domain/run/concerns.ts";
import type { Event } from "../../../src/domain/run/event.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import type {
  FoundRows,
  LedgerStore,
  LoadedRows,
  LoadRequest,
  NewRun,
  ReadBack,
  SaveRequest,
} from "../../../src/ledger/ports.ts";
import type { DueMessages } from "../../../src/shard/dispatch/ports.ts";
import { loadOf, saveOf } from "./rows.ts";

/** A store of the ledger, and what a test needs beside it. */
export interface StoreUnderTest {
  readonly store: LedgerStore;
  /** What the sweeper finds. */
  readonly findDue: (sweep: SweepRequest) => Promise<DueMessages>;
  /** Saves a version of a workflow, which is the latest then. */
  readonly saveWorkflow: (plan: Plan, version: number, enabled: boolean) => Promise<void>;
  /** Locks a run as another session does. Gives what frees it. */
  readonly lockRun: (runId: RunId) => Promise<() => Promise<void>>;
  /** The audit log of a run, in the order of `seq`. */
  readonly readEvents: (runId: RunId) => Promise<readonly Event[]>;
  readonly close: () => Promise<void>;
}

/** What the tests of a store do with it again and again. */
export class StoreBench {
  readonly #open: () => Promise<StoreUnderTest>;
  #opened: StoreUnderTest | null = null;

  constructor(open: () => Promise<StoreUnderTest>) {
    this.#open = open;
  }

  async open(): Promise<void> {
    this.#opened = await this.#open();
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }

  get subject(): StoreUnderTest {
    if (this.#opened === null) throw new Error("the store is not open");
    return this.#opened;
  }

  /** Loads, and gives the transaction up. */
  async load(request: Partial<LoadRequest>): Promise<LoadedRows> {
    const transaction = await this.subject.store.open(loadOf(request));
    await transaction.rollback();
    return transaction.rows;
  }

  /** Rows of a run, which come the same when they are asked for at first and when they are asked for later. */
  async find(runId: RunId, parts: Partial<StepQuery>): Promise<FoundRows> {
    const query = { runId, ...stepQuery(parts) };
    const transaction = await this.subject.store.open(loadOf({ runIds: [runId], rows: [query] }));
    const found = await transaction.load(query);
    await transaction.rollback();
    const { steps, mail } = transaction.rows;
    assert.deepEqual({ steps, mail }, found);
    return found;
  }

  /** All steps of a run, in the order in which they are loaded. */
  async loadSteps(runId: RunId): Promise<readonly Step[]> {
    return (await this.find(runId, { rows: { kind: "all" } })).steps;
  }

  /** The keys of a run's steps, sorted. */
  async findKeys(runId: RunId, parts: Partial<StepQuery> = { rows: { kind: "all" } }): Promise<readonly StepKey[]> {
    return (await this.find(runId, parts)).steps.map(({ key }) => key).toSorted();
  }

  /** Writes in a transaction that has locked runs. */
  async save(request: Partial<SaveRequest>, runIds: readonly RunId[] = []): Promise<ReadBack> {
    const transaction = await this.subject.store.open(loadOf({ runIds }));
    return transaction.save(saveOf(request));
  }

  async create(...created: readonly NewRun[]): Promise<void> {
    await this.save({ created });
  }
}
