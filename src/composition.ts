import { createHash } from "node:crypto";
import { createConsoleLog } from "./adapters/console-log.ts";
import { createHttpCall } from "./adapters/http/fetch-call.ts";
import { openApiDatabase } from "./adapters/postgres/api/api-database.ts";
import { openPool, PoolSource } from "./adapters/postgres/client.ts";
import { findDueMessages } from "./adapters/postgres/due-messages.ts";
import { createLedgerStore } from "./adapters/postgres/ledger-store.ts";
import { createRedisQueue, openRedis } from "./adapters/redis/redis-queue.ts";
import { SYSTEM_CLOCK } from "./adapters/system-clock.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { describeError, type Log } from "./dispatch/log.ts";
import { UnavailableError } from "./domain/errors.ts";
import { shardOfRun } from "./domain/ids.ts";
import type { Env, SettingProblem, Settings } from "./env.ts";
import type { RunReads } from "./functions/api/ports/run-reads.ts";
import type { ApiServices, ShardClient } from "./functions/api/services.ts";
import type { Settle } from "./functions/consumer.ts";
import { EndWaiters } from "./functions/end-waiters.ts";
import type { ShardRpc, ShardStats } from "./functions/shard-rpc.ts";
import { type AlarmStorage, WakeTimer } from "./functions/wake-timer.ts";
import { checkInput } from "./language/input-schema.ts";
import { Ledger } from "./ledger/ledger.ts";
import { PlanCache } from "./ledger/plan-cache.ts";
import { parseSettings } from "./settings.ts";
import type { StepPorts } from "./steps/ports.ts";

/** Connections of a shard: one for the ledger's transactions, others for the sweeper. */
const SHARD_CONNECTIONS_MAX = 3;

/** A shard that is evicted closes its sockets; one that idles should not hold connections. */
const SHARD_IDLE_SECONDS = 30;

/** Consumer calls in one turn: well under the limit on subrequests of an invocation (1,000 on the smallest paid plan). */
const CALLS_IN_TURN_MAX = 800;

/** What a shard is made of. */
export interface ShardParts {
  readonly ledger: Ledger;
  readonly dispatcher: Dispatcher;
  readonly waiters: EndWaiters;
  readonly log: Log;
  readonly reads: RunReads;
  readonly timer: WakeTimer;
  readonly stats: () => Promise<ShardStats>;
}

/**
 * Puts a shard together.
 *
 * @param options - Bindings, the shard's number and the storage that holds its alarm.
 * @returns Its parts. Nothing is connected before it is used.
 */
export function composeShard(options: {
  readonly env: Env;
  readonly shard: number;
  readonly storage: AlarmStorage;
}): ShardParts {
  const { env, shard, storage } = options;
  const settings = requireSettings(env);
  const source = new PoolSource(() =>
    openPool(settings.databaseUrl, {
      connectionsMax: SHARD_CONNECTIONS_MAX,
      idleSeconds: SHARD_IDLE_SECONDS,
      isReserved: true,
    }),
  );
  const queue = createRedisQueue(openRedis(settings.redis), shard);
  const log = createConsoleLog({ shard });
  const waiters = new EndWaiters(SYSTEM_CLOCK);
  const timer = new WakeTimer(SYSTEM_CLOCK, storage, () => {
    void dispatcher.wake();
  });
  const dispatcher = new Dispatcher(
    { concurrency: settings.concurrency, callsInTurnMax: CALLS_IN_TURN_MAX, leaseMs: settings.leaseMs },
    {
      queue,
      clock: SYSTEM_CLOCK,
      log,
      execute: async (assignment) => env.CONSUMER.execute(assignment),
      findDue: async (until) => findDueMessages(source, shard, until),
      wakeAt: (at) => {
        timer.wakeAt(at);
      },
      wakeInNewTurn: () => {
        timer.wakeInNewTurn();
      },
      onCommit: (commit) => {
        waiters.note(commit.runs);
      },
    },
  );
  const ledger = createLedger(settings, createLedgerStore(source), dispatcher);
  dispatcher.connect(ledger);
  return {
    ledger,
    dispatcher,
    waiters,
    log,
    reads: openApiDatabase(settings.databaseUrl, { connectionsMax: 2, idleSeconds: SHARD_IDLE_SECONDS }).runs,
    timer,
    stats: async () => ({
      shard,
      queue: await queue.stats(SYSTEM_CLOCK.now()).catch(() => null),
      openAttempts: dispatcher.openCount,
      ledger: ledger.counters,
    }),
  };
}

function createLedger(settings: Settings, store: ReturnType<typeof createLedgerStore>, dispatcher: Dispatcher): Ledger {
  return new Ledger(
    {
      store,
      plans: new PlanCache(store),
      hash: sha256,
      checkInput,
      now: () => SYSTEM_CLOCK.now(),
      random: () => ({ seed: crypto.randomUUID(), fraction: Math.random() }),
      leaseMs: settings.leaseMs,
    },
    dispatcher,
  );
}

/**
 * Puts together what one invocation of the consumer needs.
 *
 * @param env - Bindings and variables.
 * @returns What steps need from outside, and the way to report outcomes.
 */
export function composeConsumer(env: Env): { readonly ports: StepPorts; readonly settle: Settle } {
  const settings = requireSettings(env);
  const log = createConsoleLog({});
  return {
    ports: {
      callHttp: createHttpCall({
        fetch: async (url, init) => fetch(url, init),
        allowPrivateAddresses: settings.allowPrivateAddresses,
      }),
      now: () => SYSTEM_CLOCK.now(),
      reportUnexpected: (error) => {
        log.warn("a step stopped on an unexpected error", { error: describeError(error) });
      },
    },
    settle: async (report) => {
      const shard = shardOfRun(report.runId);
      return shardStub(env, shard).settle(shard, report);
    },
  };
}

const provided = new WeakMap<Env, ApiServices | readonly SettingProblem[]>();

/**
 * Gives what the API is made of, once per isolate.
 *
 * @param env - Bindings and variables.
 * @returns The services, or everything that is wrong with the variables.
 */
export function provideApi(env: Env): ApiServices | readonly SettingProblem[] {
  const known = provided.get(env);
  if (known !== undefined) {
    return known;
  }
  const parsed = parseSettings(env);
  const services = parsed.ok ? createApiServices(env, parsed.settings) : parsed.problems;
  provided.set(env, services);
  return services;
}

function createApiServices(env: Env, settings: Settings): ApiServices {
  return {
    settings,
    shards: createShardClient(env),
    openDatabase: () => openApiDatabase(settings.databaseUrl, { connectionsMax: 1, idleSeconds: null }),
    now: () => SYSTEM_CLOCK.now(),
    randomBytes: (byteCount) => crypto.getRandomValues(new Uint8Array(byteCount)),
    log: createConsoleLog({}),
  };
}

function createShardClient(env: Env): ShardClient {
  async function call<Value>(shard: number, ask: (stub: ShardRpc) => Promise<Value>): Promise<Value> {
    try {
      return await ask(shardStub(env, shard));
    } catch (error) {
      throw new UnavailableError("shard", `shard ${shard} did not answer`, error);
    }
  }
  return {
    start: async (request) => {
      const shard = shardOfRun(request.runId);
      return call(shard, async (stub) => stub.start(shard, request));
    },
    command: async (request) => {
      const shard = shardOfRun(request.runId);
      return call(shard, async (stub) => stub.command(shard, request));
    },
    waitForEnd: async (runId, timeoutMs) => {
      const shard = shardOfRun(runId);
      return call(shard, async (stub) => stub.waitForEnd(shard, runId, timeoutMs));
    },
    stats: async (shard) => call(shard, async (stub) => stub.stats(shard)),
  };
}

/**
 * Gives the way to a shard.
 *
 * @param env - Bindings.
 * @param shard - The shard's number.
 * @returns A stub; calls on it may fail with the network.
 */
export function shardStub(env: Env, shard: number): ShardRpc {
  return env.SHARD.get(env.SHARD.idFromName(`shard-${shard}`));
}

/**
 * Gives SHA-256 in hex.
 *
 * @param text - Any text.
 * @returns 64 hex digits.
 */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function requireSettings(env: Env): Settings {
  const parsed = parseSettings(env);
  if (!parsed.ok) {
    throw new Error(parsed.problems.map((problem) => problem.message).join("; "));
  }
  return parsed.settings;
}
