import postgres from "postgres";
import type { Bench, Sql } from "./bench.ts";
import { cpuBetween, processIdsOf, readCpuUsage } from "./process-usage.ts";

/** Past the time after which the Worker closes connections that nothing uses. */
const SETTLE_MS = 40_000;
/** Two minutes: two of the minutely sweeps fall into it. */
const WINDOW_SECONDS = 120;

/** What an idle stack asked of its databases. */
export interface IdleReport {
  readonly windowSeconds: number;
  /** Transactions in Baton's database, committed or rolled back. */
  readonly transactionCount: number;
  readonly redisRequestCount: number;
  readonly redisCommandCount: number;
  /** Seconds of the window in which anything at all was asked. */
  readonly busySecondCount: number;
  /** CPU that workerd used in the window; null where it cannot be read. */
  readonly workerdCpuMs: number | null;
}

interface Counters {
  readonly transactions: number;
  readonly requests: number;
  readonly commands: number;
}

/**
 * Counts what a stack without work asks of PostgreSQL and Redis in two minutes. It looks from another database, whose
 * transactions do not count, and with autovacuum off, whose transactions would.
 *
 * @param bench - The benchmark; all runs have ended.
 * @returns The counts.
 */
export async function measureIdle(bench: Bench): Promise<IdleReport> {
  const url = new URL(bench.stack.info.databaseUrl);
  url.pathname = "/postgres";
  const sql = postgres(url.href, { max: 1, onnotice: () => undefined });
  try {
    await sql`alter system set autovacuum = off`;
    await sql`select pg_reload_conf()`;
    await wait(SETTLE_MS);
    return await watch(bench, sql);
  } finally {
    await sql`alter system reset autovacuum`;
    await sql.end({ timeout: 5 });
  }
}

async function watch({ stack, load }: Bench, sql: Sql): Promise<IdleReport> {
  const pids = processIdsOf(stack, load.pid);
  const cpuBefore = readCpuUsage(pids);
  const before = await readCounters(stack, sql);
  let last = before;
  let busySecondCount = 0;
  for (let second = 0; second < WINDOW_SECONDS; second += 1) {
    await wait(1_000);
    const now = await readCounters(stack, sql);
    if (now.transactions !== last.transactions || now.requests !== last.requests) busySecondCount += 1;
    last = now;
  }
  return {
    windowSeconds: WINDOW_SECONDS,
    transactionCount: last.transactions - before.transactions,
    redisRequestCount: last.requests - before.requests,
    redisCommandCount: last.commands - before.commands,
    busySecondCount,
    workerdCpuMs: cpuBetween(cpuBefore, readCpuUsage(pids))?.workerd ?? null,
  };
}

async function readCounters(stack: Bench["stack"], sql: Sql): Promise<Counters> {
  const database = new URL(stack.info.databaseUrl).pathname.slice(1);
  const [row] = await sql<{ transactions: number }[]>`
    select (xact_commit + xact_rollback)::int as transactions from pg_stat_database where datname = ${database}`;
  if (row === undefined) throw new Error(`PostgreSQL has no statistics of the database ${database}.`);
  return { transactions: row.transactions, ...stack.gatewayStats() };
}

async function wait(delayMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
}
