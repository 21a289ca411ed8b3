import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openDatabase } from "../../../scripts/stack/database.ts";
import { migrateDatabase } from "../../../scripts/stack/migrate.ts";
import { ObjectClock } from "../../../src/adapters/object-clock.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { findDueMessages } from "../../../src/adapters/postgres/due-messages.ts";
import { createLedgerStore } from "../../../src/adapters/postgres/ledger-store.ts";
import { readRuns } from "../../stack/stored-run.ts";
import { saveWorkflow } from "./save-workflow.ts";
import { describeLedgerStore } from "./store-contract.ts";

describeLedgerStore("PostgreSQL", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-store-"));
  const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
  const database = await openDatabase({ dataDir, password: "for-this-test", events });
  const { databaseUrl } = database;
  await migrateDatabase(databaseUrl);
  const source = new PoolSource(
    { url: databaseUrl, openSocket: null },
    { connectionsMax: 3, isReserved: true, clock: new ObjectClock(), idleMs: null },
  );
  const sql = postgres(databaseUrl, { max: 2 });
  return {
    store: createLedgerStore(source),
    findDue: async (sweep) => findDueMessages(source, sweep),
    saveWorkflow: async (plan, version, enabled) =>
      saveWorkflow(databaseUrl, { recipe: {}, plan }, { version, enabled }),
    lockRun: async (runId) => {
      const session = await sql.reserve();
      await session`begin`;
      await session`select id from runs where id = ${runId} for update`;
      return async () => {
        await session`rollback`;
        session.release();
      };
    },
    readEvents: async (runId) => (await readRuns(sql, [runId])).flatMap((stored) => stored.events),
    close: async () => {
      await sql.end({ timeout: 5 });
      source.discard(source.pool);
      await database.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
});
