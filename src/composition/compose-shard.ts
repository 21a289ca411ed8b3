import { createHash } from "node:crypto";
import { createConsoleLog } from "../adapters/console-log.ts";
import { ObjectClock } from "../adapters/object-clock.ts";
import { openApiDatabase } from "../adapters/postgres/api/api-database.ts";
import { PoolSource } from "../adapters/postgres/client.ts";
import { findDueMessages } from "../adapters/postgres/due-messages.ts";
import { createLedgerStore } from "../adapters/postgres/ledger-store.ts";
import { openRuntimeSocket } from "../adapters/postgres/runtime-socket.ts";
import { createRedisQueue, openRedis } from "../adapters/redis/redis-queue.ts";
import type { Execute } from "../dispatch/attempts.ts";
import type { Clock } from "../dispatch/clock.ts";
import { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Log } from "../dispatch/log.ts";
import type { Queue } from "../dispatch/queue.ts";
import type { Env, Settings } from "../env.ts";
import type { ApiDatabase } from "../functions/api/ports/api-database.ts";
import { createExecute } from "../functions/consumer-call.ts";
import { EndWaiters } from "../functions/end-waiters.ts";
import { CommitCounters } from "../functions/shard-counters.ts";
import type { ShardStats } from "../functions/shard-rpc.ts";
import { LiveFeed } from "../functions/streams/live-feed.ts";
import { type AlarmStorage, WakeTimer } from "../functions/wake-timer.ts";
import { WriteWatch } from "../functions/write-watch.ts";
import { checkInput } from "../language/input-schema.ts";
import type { Commit } from "../ledger/batch.ts";
import { Ledger } from "../ledger/ledger.ts";
import { PlanCache } from "../ledger/plan-cache.ts";
import { requireSettings } from "./require-settings.ts";

/** Connections of a shard: one for the ledger's transactions, others for the sweeper. */
const SHARD_CONNECTIONS_MAX = 3;

/** A shard that is evicted closes its sockets; one that idles this long holds no connections, in ms. */
const SHARD_IDLE_MS = 10_000;

/** For those who wait for the end of a run, or watch it. Many may come at once, each with a statement or two. */
const API_LANES = { lanes: 2, callsPerLane: 32, waitingMax: 20_000, waitMsMax: 10_000 };

const API_CONNECTIONS = { reads: API_LANES, first: API_LANES, idleMs: SHARD_IDLE_MS };

/** Consumer calls in one turn: well under the limit on subrequests of an invocation (1,000 on the smallest paid plan). */
const CALLS_IN_TURN_MAX = 800;

/** Four transforms, or sixteen calls about to be made: the API waits for no more expressions than these evaluate. */
const COMPUTING_MAX = 16;

/** What a shard is made of. */
export interface ShardParts {
  readonly ledger: Ledger;
  readonly dispatcher: Dispatcher;
  readonly waiters: EndWaiters;
  readonly log: Log;
  /** Reads of the API's kind, over connections that stay open. */
  readonly database: ApiDatabase;
  readonly feed: LiveFeed;
  readonly clock: Clock;
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
  const clock = new ObjectClock();
  const server = { url: settings.databaseUrl, openSocket: openRuntimeSocket };
  const source = new PoolSource(server, {
    connectionsMax: SHARD_CONNECTIONS_MAX,
    isReserved: true,
    clock,
    idleMs: SHARD_IDLE_MS,
  });
  const queue = createRedisQueue(openRedis(settings.redis, clock), shard);
  const log = createConsoleLog({ shard });
  const counters = new CommitCounters();
  const feed = new LiveFeed(crypto.randomUUID().slice(0, 8));
  const waiters = new EndWaiters(clock);
  const writes = new WriteWatch(clock);
  const execute = createExecute({
    call: async (assignment) => env.CONSUMER.execute(assignment),
    settle: async ({ runId, attempt = null, ...report }) =>
      ledger.apply({ type: "command", runId, command: { type: "settle", attempt, ...report } }),
  });
  const { dispatcher, timer } = createDispatcher(
    { settings, shard, storage, queue, source, log, execute, clock },
    (commit) => {
      waiters.note(commit.runs);
      feed.publish(commit);
      counters.count(commit);
    },
  );
  const ledger = createLedger({ settings, store: writes.watch(createLedgerStore(source)), dispatcher, clock });
  dispatcher.connect(ledger);
  return {
    ledger,
    dispatcher,
    waiters,
    log,
    database: openApiDatabase(server, API_CONNECTIONS, clock),
    feed,
    clock,
    timer,
    stats: async () => ({
      shard,
      queue: await queue.stats(clock.now()).catch(() => null),
      openAttempts: dispatcher.openCount,
      openStreams: feed.listenerCount,
      ledger: ledger.counters,
      writeRefusal: writes.refusal,
      counters: counters.snapshot(),
    }),
  };
}

interface DispatcherParts {
  readonly settings: Settings;
  readonly shard: number;
  readonly storage: AlarmStorage;
  readonly queue: Queue;
  readonly source: PoolSource;
  readonly log: Log;
  readonly execute: Execute;
  readonly clock: Clock;
}

function createDispatcher(
  { settings, shard, storage, queue, source, log, execute, clock }: DispatcherParts,
  onCommit: (commit: Commit) => void,
): Pick<ShardParts, "dispatcher" | "timer"> {
  const timer = new WakeTimer(clock, storage, () => {
    void dispatcher.wake();
  });
  const dispatcher = new Dispatcher(
    {
      concurrency: settings.concurrency,
      callsInTurnMax: CALLS_IN_TURN_MAX,
      leaseMs: settings.leaseMs,
      computingMax: COMPUTING_MAX,
    },
    {
      queue,
      clock,
      log,
      execute,
      findDue: async (now, until) => findDueMessages(source, { shard, now, until, leaseMs: settings.leaseMs }),
      wakeAt: (at) => {
        timer.wakeAt(at);
      },
      wakeInNewTurn: () => {
        timer.wakeInNewTurn();
      },
      onCommit,
    },
  );
  return { dispatcher, timer };
}

interface LedgerParts {
  readonly settings: Settings;
  readonly store: ReturnType<typeof createLedgerStore>;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

function createLedger({ settings, store, dispatcher, clock }: LedgerParts): Ledger {
  return new Ledger(
    {
      store,
      plans: new PlanCache(store),
      hash: sha256,
      checkInput,
      now: () => clock.now(),
      after: (delayMs, callback) => {
        clock.after(delayMs, callback);
      },
      random: () => ({ seed: crypto.randomUUID(), fraction: Math.random() }),
      leaseMs: settings.leaseMs,
    },
    dispatcher,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
