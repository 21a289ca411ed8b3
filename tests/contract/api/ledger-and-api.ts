import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { z } from "zod";
import { openDatabase } from "../../../scripts/stack/database.ts";
import { migrateDatabase } from "../../../scripts/stack/migrate.ts";
import { ObjectClock } from "../../../src/adapters/object-clock.ts";
import { openApiDatabase } from "../../../src/adapters/postgres/api/api-database.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { createLedgerStore } from "../../../src/adapters/postgres/ledger-store.ts";
import type { ApiDatabase } from "../../../src/api/database.ts";
import { createRunId, type RunId, type StepKey } from "../../../src/domain/ids.ts";
import type { Plan } from "../../../src/domain/plan/plan.ts";
import type { Command } from "../../../src/domain/run/command.ts";
import type { Assignment, Outcome } from "../../../src/domain/run/outcome.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { PlanCache } from "../../../src/ledger/plan-cache.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import { START } from "../../support/ids.ts";
import { environmentOf, requestOf, startOf } from "../../support/ledger-environment.ts";
import { MemoryLedgerStore } from "../../support/memory-ledger-store.ts";
import { completed } from "../../support/outcomes.ts";
import { RecordingCapacity } from "../../support/recording-capacity.ts";
import { type Received, send } from "../../unit/api/fake-services.ts";
import { saveWorkflow } from "../ledger/save-workflow.ts";

const stepPage = z.object({ items: z.array(z.object({ key: z.string() })), nextCursor: z.string().nullable() });

const LANES = { lanes: 1, callsPerLane: 1, waitingMax: 10, waitMsMax: 10_000 };

/** What an attempt comes to; null: it is left at work. */
export type Work = (attempt: Assignment) => Outcome | null;

/** A ledger over PostgreSQL with the API's reads beside it, and a consumer of the test's own. */
export class LedgerAndApi {
  readonly api: ApiDatabase;
  readonly sql: postgres.Sql;
  /** The instant at which the next commands are decided. */
  now = START;
  readonly #ledger: Ledger;
  readonly #capacity = new RecordingCapacity();
  readonly #databaseUrl: string;
  #seen = 0;
  readonly #close: () => Promise<void>;

  private constructor(databaseUrl: string, close: () => Promise<void>) {
    const server = { url: databaseUrl, openSocket: null };
    const clock = new ObjectClock();
    const source = new PoolSource(server, { connectionsMax: 3, isReserved: true, clock, idleMs: null });
    const store = createLedgerStore(source);
    const surroundings = environmentOf(new MemoryLedgerStore());
    this.#ledger = new Ledger(
      { ...surroundings, store, plans: new PlanCache(store, readPlan), now: () => this.now },
      this.#capacity,
    );
    this.#capacity.places = 100_000;
    this.#databaseUrl = databaseUrl;
    this.api = openApiDatabase(server, { reads: LANES, first: LANES, idleMs: 10_000 }, clock);
    this.sql = postgres(databaseUrl, { max: 1 });
    this.#close = async () => {
      await this.sql.end({ timeout: 5 });
      source.discard(source.pool);
      await close();
    };
  }

  /** Starts a PostgreSQL of the test's own. */
  static async open(): Promise<LedgerAndApi> {
    const dataDir = mkdtempSync(join(tmpdir(), "baton-reads-"));
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    const database = await openDatabase({ dataDir, password: "for-this-test", events });
    await migrateDatabase(database.databaseUrl);
    return new LedgerAndApi(database.databaseUrl, async () => {
      await database.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async save(plan: Plan): Promise<void> {
    await saveWorkflow(this.#databaseUrl, { recipe: {}, plan });
  }

  /** Starts a run of a workflow. */
  async start(plan: Plan): Promise<RunId> {
    const runId = createRunId(this.now, 0, crypto.getRandomValues(new Uint8Array(8)));
    await this.#ledger.start({ ...startOf(), workflow: plan.workflow, runId });
    return runId;
  }

  async apply(runId: RunId, command: Command): Promise<void> {
    await this.#ledger.apply(requestOf(runId, command));
  }

  /** Asks the API. */
  async get(path: string): Promise<Pick<Received, "status" | "body">> {
    const { status, body } = await send({ path }, { database: this.api, now: () => this.now });
    return { status, body };
  }

  /** Asks the API for a page of steps. */
  async page(path: string): Promise<{ readonly keys: readonly string[]; readonly nextCursor: string | null }> {
    const { items, nextCursor } = stepPage.parse((await this.get(path)).body);
    return { keys: items.map(({ key }) => key), nextCursor };
  }

  /** Reports attempts, and those that begin by that, until no more begin. */
  async work(does: Work): Promise<void> {
    for (let begun = this.#takeBegun(); begun.length > 0; begun = this.#takeBegun()) {
      await Promise.all(begun.map(async (attempt) => this.#report(attempt, does(attempt))));
    }
  }

  /** Reports an attempt that is at work. */
  async settle(runId: RunId, key: string, outcome: Outcome = completed()): Promise<void> {
    const [attempt] = await this.sql<{ lease_token: string }[]>`
      select lease_token from steps where run_id = ${runId} and key = ${key}`;
    const token = attempt?.lease_token as Assignment["token"];
    await this.apply(runId, { type: "settle", stepKey: key as StepKey, attempt: null, token, outcome });
  }

  async #report({ runId, stepKey, attempt, token }: Assignment, outcome: Outcome | null): Promise<void> {
    if (outcome !== null) {
      await this.apply(runId, { type: "settle", stepKey, attempt, token, outcome });
    }
  }

  #takeBegun(): readonly Assignment[] {
    const begun = this.#capacity.commits.slice(this.#seen).flatMap(({ assignments }) => assignments);
    this.#seen = this.#capacity.commits.length;
    return begun;
  }
}
