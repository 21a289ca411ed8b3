import type { z } from "@hono/zod-openapi";
import type { SignalUrlSettings } from "../../env.ts";
import type { ShardStats, WriteRefusal } from "../../shard/rpc.ts";
import { ok } from "../http/answer.ts";
import { viewInstant } from "../http/fields.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import type { ApiServices } from "../services.ts";
import { getHealth, type ShardHealth } from "./contract.ts";
import type { DatabaseState } from "./port.ts";

type ShardHealthView = z.output<typeof ShardHealth>;

/** Shards asked by one health call; a deployment with more has metrics to look at. */
const SHARDS_ASKED_MAX = 64;

/** A step that is due is begun within a second or two, unless there is no room; the sweeper takes a minute. */
const OVERDUE_MS = 60_000;

/** A refused write that is older says nothing about now. */
const REFUSAL_MS_MAX = 15 * 60_000;

/** Why PostgreSQL refuses every change, by the SQLSTATEs that happen. */
const REFUSALS: Readonly<Record<string, string>> = {
  "25006": "it is read only",
  "53100": "its disk is full",
  "53200": "it is out of memory",
};

/** How the service is. */
export const healthOperations: readonly ServedOperation[] = [
  serveOperation(getHealth, async ({ actor, services, database }) => {
    if (actor === null) {
      return ok({ status: "ok" as const });
    }
    const now = services.now();
    const [state, stats] = await Promise.all([database.state.look(now).catch(() => null), askShards(services)]);
    const shards = stats.map((answer, shard) => viewShard(shard, answer));
    const postgres = judgePostgres(state, findRefusal(stats, now));
    const redis = shards.every((shard) => shard.redis === "ok") ? "ok" : "unavailable";
    const oldestDueAt = state?.oldestDueAt ?? null;
    const faults = [...postgres.faults, ...findFaults({ oldestDueAt, shards, now })];
    const status = faults.length === 0 ? "ok" : "degraded";
    return ok({
      status,
      postgres: postgres.state,
      redis,
      signalUrls: canMakeSignalUrls(services.settings.signalUrls) ? "ok" : "not_configured",
      oldestDueAt: viewInstant(oldestDueAt),
      shards,
      faults,
    });
  }),
];

/** No fault: who uses no such addresses need not set them up. */
function canMakeSignalUrls({ signingKeys, publicUrl }: SignalUrlSettings): boolean {
  return signingKeys.length > 0 && publicUrl !== null;
}

interface Fault {
  readonly part: string;
  readonly meaning: string;
}

interface Judgement {
  readonly state: NonNullable<z.output<typeof getHealth.result>["postgres"]>;
  readonly faults: readonly Fault[];
}

/** It may answer every question and take no change; what it says of itself is asked first, then what shards have met. */
function judgePostgres(state: DatabaseState | null, refusal: WriteRefusal | null): Judgement {
  if (state === null) {
    return judged(
      "unavailable",
      "Nothing can be started, changed or read. Runs wait, and go on by themselves when it is back.",
    );
  }
  const consequence =
    "Nothing can be started or changed; runs wait, and go on by themselves when it takes writes again.";
  if (state.writes === "standby") {
    return judged("standby", `It is a standby that follows another server: point Baton at the primary. ${consequence}`);
  }
  if (state.writes === "read_only") {
    return judged("read_only", `It is set to be read only (default_transaction_read_only). ${consequence}`);
  }
  if (refusal !== null) {
    const reason = REFUSALS[refusal.sqlState] ?? `SQLSTATE ${refusal.sqlState}`;
    const when = refusal.at.toISOString();
    return judged("refuses_writes", `It refused the last change of a shard, at ${when}: ${reason}. ${consequence}`);
  }
  return { state: "ok", faults: [] };
}

function judged(state: Judgement["state"], meaning: string): Judgement {
  return { state, faults: [{ part: "postgres", meaning }] };
}

function findRefusal(stats: readonly (ShardStats | null)[], now: Date): WriteRefusal | null {
  const refusals = stats.map((shard) => shard?.writeRefusal ?? null).filter((refusal) => refusal !== null);
  return refusals.find(({ at }) => now.getTime() - at.getTime() < REFUSAL_MS_MAX) ?? null;
}

interface Findings {
  readonly oldestDueAt: Date | null;
  readonly shards: readonly ShardHealthView[];
  readonly now: Date;
}

function findFaults({ oldestDueAt, shards, now }: Findings): readonly Fault[] {
  const silent = shards.filter((shard) => shard.openAttempts === null).map(({ shard }) => shard);
  const withoutRedis = shards.filter((shard) => shard.redis !== "ok" && shard.openAttempts !== null);
  const waitedMs = oldestDueAt === null ? 0 : now.getTime() - oldestDueAt.getTime();
  const found: readonly (readonly [boolean, string, string])[] = [
    [
      silent.length > 0,
      `shards ${silent.join(", ")}`,
      "Their runs wait; a shard that was killed comes back with the next call or its next alarm.",
    ],
    [
      withoutRedis.length > 0,
      "redis",
      "Steps that are not handed over at once wait. Nothing is lost: the queue is filled again from PostgreSQL.",
    ],
    [
      waitedMs > OVERDUE_MS,
      "dispatch",
      "A step has been due for more than a minute: the shards have no room, or what they call is slow.",
    ],
  ];
  return found.flatMap(([isFound, part, meaning]) => (isFound ? [{ part, meaning }] : []));
}

/** Null for a shard that does not answer. */
async function askShards({ shards, settings }: ApiServices): Promise<readonly (ShardStats | null)[]> {
  const count = Math.min(settings.shardCount, SHARDS_ASKED_MAX);
  return Promise.all(Array.from({ length: count }, async (_, shard) => shards.stats(shard).catch(() => null)));
}

function viewShard(shard: number, stats: ShardStats | null): ShardHealthView {
  const openAttempts = stats?.openAttempts ?? null;
  const queue = stats?.queue ?? null;
  if (queue === null) {
    return { shard, redis: "unavailable", queueDepth: null, queueDue: null, queueLagMs: null, openAttempts };
  }
  const { depth, dueCount, lagMs } = queue;
  return { shard, redis: "ok", queueDepth: depth, queueDue: dueCount, queueLagMs: lagMs, openAttempts };
}
