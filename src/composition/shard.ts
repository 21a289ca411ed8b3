import { createHash } from "node:crypto";
import { createConsoleLog } from "../adapters/console-log.ts";
import { ObjectClock } from "../adapters/object-clock.ts";
import { openApiDatabase } from "../adapters/postgres/api/api-database.ts";
import { PoolSource } from "../adapters/postgres/client.ts";
import { findDueMessages } from "../adapters/postgres/due-messages.ts";
import { createLedgerStore } from "../adapters/postgres/ledger-store.ts";
import { openRuntimeSocket } from "../adapters/postgres/runtime-socket.ts";
import { createRedisQueue, openRedis } from "../adapters/redis/redis-queue.ts";
import type { Env, Settings } from "../env.ts";
import { checkInput } from "../language/input-schema.ts";
import type { Commit } from "../ledger/batch.ts";
import { type AttemptCapacity, Ledger } from "../ledger/ledger.ts";
import { PlanCache } from "../ledger/plan-cache.ts";
import type { LedgerStore } from "../ledger/ports.ts";
import { readPlan } from "../recipe/compile.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { createExecute } from "../shard/consumer-call.ts";
import { CommitCounters } from "../shard/counters.ts";
import type { Execute } from "../shard/dispatch/attempts.ts";
import { Dispatcher } from "../shard/dispatch/dispatcher.ts";
import type { Queue } from "../shard/dispatch/queue.ts";
import { EndWaiters } from "../shard/end-waiters.ts";
import { ShardObject, type ShardParts, type ShardSurroundings } from "../shard/shard.ts";
import { LiveFeed } from "../shard/streams/live-feed.ts";
import { type AlarmStorage, WakeTimer } from "../shard/wake-timer.ts";
import { WriteWatch } from "../shard/write-watch.ts";
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

/** The shard as it is deployed. */
export class Shard extends ShardObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, composeShard);
  }
}

/** Nothing is connected before it is used. */
function composeShard({ env, shard, storage }: ShardSurroundings): ShardParts {
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
    { settings, shard, storage, queue, source, log, execute, clock, store: writes.watch(createLedgerStore(source)) },
    (commit) => {
      waiters.note(commit.runs);
      feed.publish(commit);
      counters.count(commit);
    },
  );
  const { ledger } = dispatcher;
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
  readonly store: LedgerStore;
}

function createDispatcher(
  { settings, shard, storage, queue, source, log, execute, clock, store }: DispatcherParts,
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
      openLedger: (capacity) => createLedger({ settings, store, clock }, capacity),
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

function createLedger(
  { settings, store, clock }: Pick<DispatcherParts, "settings" | "store" | "clock">,
  capacity: AttemptCapacity,
): Ledger {
  return new Ledger(
    {
      store,
      plans: new PlanCache(store, readPlan),
      hash: sha256,
      checkValue: checkInput,
      now: () => clock.now(),
      after: (delayMs, callback) => {
        clock.after(delayMs, callback);
      },
      random: () => ({ seed: crypto.randomUUID(), fraction: Math.random() }),
      leaseMs: settings.leaseMs,
    },
    capacity,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
