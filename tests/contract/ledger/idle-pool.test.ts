import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as template } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type LocalDatabase, openDatabase } from "../../../scripts/stack/database.ts";
import { ObjectClock } from "../../../src/adapters/object-clock.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { query } from "../../../src/adapters/postgres/round-trip.ts";
import { type Statement, statement } from "../../../src/adapters/postgres/statement.ts";
import { waitUntil } from "../../stack/wait-until.ts";

const IDLE_MS = 300;
const NOW = statement(template`select 1 as one`);
/** Three times as long as a pool may idle. */
const SLOW = statement(template`select 1 as one from pg_sleep(0.9)`);

async function ask(source: PoolSource, prepared: Statement): Promise<unknown> {
  const [rows] = await query(source, [{ prepared, params: [] }]);
  return rows;
}

describe("a pool of a shard", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-pool-"));
  let database: LocalDatabase | null = null;
  let observer: ReturnType<typeof postgres> | null = null;

  beforeAll(async () => {
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    database = await openDatabase({ dataDir, password: "for-this-test", events });
    observer = postgres(database.databaseUrl, { max: 1 });
  });

  afterAll(async () => {
    await observer?.end();
    await database?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function openSource(): PoolSource {
    const url = database?.databaseUrl ?? "";
    return new PoolSource(
      { url, openSocket: null },
      {
        connectionsMax: 2,
        isReserved: true,
        clock: new ObjectClock(),
        idleMs: IDLE_MS,
      },
    );
  }

  async function untilClosed(): Promise<void> {
    await waitUntil(
      async () => {
        const rows =
          observer === null
            ? []
            : await observer`
          select 1 from pg_stat_activity where application_name = 'baton'`;
        return rows.length === 0 ? true : null;
      },
      { until: "no connection is open" },
    );
  }

  it("closes its connections when nothing is asked for a while, and opens others for the next call", async () => {
    const source = openSource();
    expect(await ask(source, NOW)).toEqual([{ one: 1 }]);
    await untilClosed();
    expect(await ask(source, NOW)).toEqual([{ one: 1 }]);
    await untilClosed();
  });

  it("does not take a call that is under way for idleness", async () => {
    const source = openSource();
    expect(await ask(source, SLOW)).toEqual([{ one: 1 }]);
    await untilClosed();
  });

  it("clears no timer for a call: the runtime would keep something of each", async () => {
    const source = openSource();
    await ask(source, NOW);
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    for (let call = 0; call < 50; call += 1) {
      await ask(source, NOW);
    }
    expect(cleared).not.toHaveBeenCalled();
    cleared.mockRestore();
    await untilClosed();
  });
});
