import postgres from "postgres";
import { expect, it } from "vitest";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

/** Short leases, so that the timers that were set for their ends go by soon. */
const stack = useStack({ workerVars: { LEASE_MS: "1000" } });

/**
 * How long nothing must pass. The cron sweeps once a minute, and the stack fires it for the first time a minute after
 * its start: the silence is looked for before that. PostgreSQL reports what a session did up to ten seconds late, which
 * makes the silence that is seen shorter, not longer.
 */
const SILENCE_MS = 25_000;
const BEFORE_CRON_MS = 50_000;

/** What one sweep of one shard may cost: it finds what is due, restores it and claims. */
const SWEEP_COMMANDS_MAX = 4;
const SWEEP_TRANSACTIONS_MAX = 2;

interface Traffic {
  /** On Baton's database, since the start; each query is at least one. */
  readonly transactions: number;
  /** On Redis, since the start. */
  readonly commands: number;
}

it(
  "an idle shard asks PostgreSQL and Redis nothing but what the documented sweep asks",
  { timeout: 90_000 },
  async () => {
    await stack.api.save({ name: "one", steps: [{ id: "one", type: "transform", with: 1 }] });
    expect(await stack.api.runToEnd("one")).toMatchObject({ status: "COMPLETED" });
    // The test's own connections would count; from here on it looks from another database.
    await stack.sql.end();
    const url = new URL(stack.stack.info.databaseUrl);
    url.pathname = "/postgres";
    const observer = postgres(url.href, { max: 1 });
    try {
      // PostgreSQL's own housekeeping would count as well.
      await observer`alter system set autovacuum = off`;
      await observer`select pg_reload_conf()`;
      const silent = await untilSilent(observer, SILENCE_MS, BEFORE_CRON_MS);
      await stack.stack.triggerScheduled();
      // The counters do count: one sweep is seen, and costs what it may.
      const swept = await waitUntil(
        async () => {
          const traffic = await readTraffic(observer);
          return traffic.transactions > silent.transactions && traffic.commands > silent.commands ? traffic : null;
        },
        { until: "the sweep is seen" },
      );
      expect(swept.commands - silent.commands).toBeLessThanOrEqual(SWEEP_COMMANDS_MAX);
      expect(swept.transactions - silent.transactions).toBeLessThanOrEqual(SWEEP_TRANSACTIONS_MAX);
    } finally {
      await observer.end({ timeout: 1 });
    }
  },
);

async function readTraffic(observer: ReturnType<typeof postgres>): Promise<Traffic> {
  const rows = await observer<{ count: number }[]>`
    select (xact_commit + xact_rollback)::int as count from pg_stat_database where datname = 'baton'`;
  return { transactions: rows[0]?.count ?? 0, commands: stack.stack.gatewayStats().commands };
}

/** Waits for a silence; rejects when there was none in time. */
async function untilSilent(
  observer: ReturnType<typeof postgres>,
  silenceMs: number,
  timeoutMs: number,
): Promise<Traffic> {
  let last = await readTraffic(observer);
  let sinceMs = performance.now();
  return waitUntil(
    async () => {
      const next = await readTraffic(observer);
      if (next.transactions !== last.transactions || next.commands !== last.commands) sinceMs = performance.now();
      last = next;
      return performance.now() - sinceMs > silenceMs ? last : null;
    },
    { until: `nothing has passed for ${silenceMs} ms`, timeoutMs },
  );
}
