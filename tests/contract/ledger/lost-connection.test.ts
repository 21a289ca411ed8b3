import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalDatabase, openDatabase } from "../../../scripts/stack/database.ts";
import { migrateDatabase } from "../../../scripts/stack/migrate.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { createLedgerStore } from "../../../src/adapters/postgres/ledger-store.ts";
import { UnavailableError } from "../../../src/domain/errors.ts";
import { stepQuery } from "../../../src/domain/run/concerns.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { PlanCache } from "../../../src/ledger/plan-cache.ts";
import type { LedgerStore, LedgerTransaction } from "../../../src/ledger/ports.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import { waitUntil } from "../../stack/wait-until.ts";
import { runIdOf } from "../../support/ids.ts";
import { environmentOf, startOf } from "../../support/ledger-environment.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { MemoryLedgerStore } from "../../support/memory-ledger-store.ts";
import { planOf } from "../../support/plans.ts";
import { RecordingCapacity } from "../../support/recording-capacity.ts";
import { loadOf, saveOf } from "./rows.ts";
import { saveWorkflow } from "./save-workflow.ts";

const NOTHING = loadOf({});
const SAVE_NOTHING = saveOf({});

/** No time passes: what waits for a deadline waits until the test is over. */
describe("a connection that PostgreSQL cuts in the middle of a transaction", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-lost-"));
  let database: LocalDatabase | null = null;
  let observer: ReturnType<typeof postgres> | null = null;
  let source: PoolSource | null = null;

  beforeAll(async () => {
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    database = await openDatabase({ dataDir, password: "for-this-test", events });
    await migrateDatabase(database.databaseUrl);
    await saveWorkflow(database.databaseUrl, { recipe: {}, plan: planOf([{ id: "a" }]) });
    observer = postgres(database.databaseUrl, { max: 1 });
  });

  afterAll(async () => {
    await observer?.end();
    await database?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  beforeEach(() => {
    const url = database?.databaseUrl ?? "";
    source = new PoolSource(
      { url, openSocket: null },
      {
        connectionsMax: 2,
        isReserved: true,
        clock: new ManualClock(),
        idleMs: null,
      },
    );
  });

  afterEach(() => {
    source?.discard(source.pool);
  });

  function openStore(): LedgerStore {
    if (source === null) throw new Error("no pool is open");
    return createLedgerStore(source);
  }

  async function ask(query: string): Promise<readonly unknown[]> {
    return observer === null ? [] : [...(await observer.unsafe(query))];
  }

  async function cut(): Promise<void> {
    await ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'baton'");
    await waitUntil(
      async () => {
        const rows = await ask("select 1 from pg_stat_activity where application_name = 'baton'");
        return rows.length === 0 ? true : null;
      },
      { until: "the connection is cut" },
    );
  }

  it.each<[string, (transaction: LedgerTransaction) => Promise<unknown>]>([
    ["a load", async (transaction) => transaction.load({ runId: runIdOf(0), ...stepQuery({ rows: { kind: "all" } }) })],
    ["a save", async (transaction) => transaction.save({ ...SAVE_NOTHING, inputsOf: [runIdOf(0)] })],
  ])("is noticed, not waited for, by %s", async (_what, act) => {
    const transaction = await openStore().open(NOTHING);
    await cut();
    await expect(act(transaction)).rejects.toBeInstanceOf(UnavailableError);
  });

  it("is noticed, not waited for, by a rollback", async () => {
    const transaction = await openStore().open(NOTHING);
    await cut();
    await transaction.rollback();
    expect(await openStore().findPlanRefs([runIdOf(0)])).toEqual(new Map());
  });

  it("is not replaced under the transaction: nothing of it is written, and others go on", async () => {
    const store = openStore();
    let others: readonly LedgerTransaction[] = [];
    let isCut = false;
    const ledger = new Ledger(
      {
        ...environmentOf(new MemoryLedgerStore()),
        plans: new PlanCache(store, readPlan),
        store: {
          ...store,
          open: async (request) => {
            const transaction = await store.open(request);
            if (isCut) {
              await cut();
              // The driver would connect the one that was cut anew for the second of them.
              others = [await store.open(NOTHING), await store.open(NOTHING)];
            }
            return transaction;
          },
        },
      },
      new RecordingCapacity(),
    );
    await ledger.start(startOf(0));
    isCut = true;
    await expect(ledger.start(startOf(1))).rejects.toBeInstanceOf(UnavailableError);
    await Promise.all(others.map(async (other) => other.save(SAVE_NOTHING)));
    expect(await ask("select id from runs")).toEqual([{ id: runIdOf(0) }]);
    isCut = false;
    expect(await ledger.start(startOf(1))).toMatchObject({ kind: "started" });
  });
});
