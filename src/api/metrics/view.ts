import type { ShardStats, WorkflowCounters } from "../../shard/rpc.ts";
import type { DatabaseState } from "../health/port.ts";
import type { StatusCount } from "../stats/port.ts";
import { type Metric, type Sample, writeMetricText } from "./metric-text.ts";

/** What metrics are made of. */
export interface MetricSources {
  /** By shard; null: it does not answer. */
  readonly stats: readonly (ShardStats | null)[];
  /** Null: PostgreSQL does not answer. */
  readonly active: readonly StatusCount[] | null;
  /** Null: PostgreSQL does not answer. */
  readonly state: DatabaseState | null;
  readonly now: Date;
}

const UNFINISHED = ["PENDING", "RUNNING", "RETRYING", "WAITING", "PAUSED", "COMPENSATING"] as const;

/**
 * Writes the metrics of a deployment.
 *
 * @param sources - What the shards and PostgreSQL say.
 * @returns Prometheus text.
 */
export function writeMetrics(sources: MetricSources): string {
  const answered = sources.stats.filter((stats) => stats !== null);
  return writeMetricText([
    ...postgresMetrics(sources),
    ...partMetrics(sources),
    ...queueMetrics(answered),
    ...runMetrics(answered),
    ...ledgerMetrics(answered),
  ]);
}

function postgresMetrics({ stats, active, state, now }: MetricSources): readonly Metric[] {
  const isUp = active !== null && state !== null;
  const isRefusing = stats.some((shard) => shard !== null && shard.writeRefusal !== null);
  const isWritable = state?.writes === "taken" && !isRefusing;
  const dueAt = state?.oldestDueAt ?? now;
  return [
    gauge("baton_postgres_up", "Whether PostgreSQL answers.", [{ labels: {}, value: isUp ? 1 : 0 }]),
    gauge("baton_postgres_writable", "Whether PostgreSQL takes changes, as far as it was asked.", [
      { labels: {}, value: isWritable ? 1 : 0 },
    ]),
    gauge(
      "baton_runs_unfinished",
      "Runs that have not ended, by status.",
      active === null ? [] : activeSamples(active),
    ),
    gauge(
      "baton_oldest_due_step_age_seconds",
      "How long the step that has been due longest has waited; 0 when none is due.",
      state === null ? [] : [{ labels: {}, value: Math.max(0, now.getTime() - dueAt.getTime()) / 1000 }],
    ),
  ];
}

function activeSamples(active: readonly StatusCount[]): readonly Sample[] {
  const counts = new Map(active.map(({ status, count }) => [status, count]));
  return UNFINISHED.map((status) => ({ labels: { status }, value: counts.get(status) ?? 0 }));
}

function partMetrics({ stats }: MetricSources): readonly Metric[] {
  return [
    gauge(
      "baton_shard_up",
      "Whether a shard answers.",
      stats.map((shard, index) => ({ labels: { shard: index }, value: shard === null ? 0 : 1 })),
    ),
    gauge(
      "baton_redis_up",
      "Whether Redis answers a shard.",
      stats.flatMap((shard) =>
        shard === null ? [] : [{ labels: { shard: shard.shard }, value: shard.queue === null ? 0 : 1 }],
      ),
    ),
  ];
}

function queueMetrics(stats: readonly ShardStats[]): readonly Metric[] {
  function samples(read: (queue: NonNullable<ShardStats["queue"]>) => number): readonly Sample[] {
    return stats.flatMap(({ shard, queue }) => (queue === null ? [] : [{ labels: { shard }, value: read(queue) }]));
  }
  return [
    gauge(
      "baton_queue_messages",
      "Messages on the queue, hidden ones among them.",
      samples(({ depth }) => depth),
    ),
    gauge(
      "baton_queue_due_messages",
      "Messages that are visible now.",
      samples(({ dueCount }) => dueCount),
    ),
    gauge(
      "baton_queue_lag_seconds",
      "How long the oldest due message has been visible; 0 when none is due.",
      samples(({ lagMs }) => lagMs / 1000),
    ),
    gauge(
      "baton_attempts_open",
      "Attempts that are being executed.",
      stats.map(({ shard, openAttempts }) => ({ labels: { shard }, value: openAttempts })),
    ),
    gauge(
      "baton_streams_open",
      "Live streams that are open.",
      stats.map(({ shard, openStreams }) => ({ labels: { shard }, value: openStreams })),
    ),
  ];
}

function runMetrics(stats: readonly ShardStats[]): readonly Metric[] {
  return [
    counter(
      "baton_runs_created_total",
      "Runs created, by workflow.",
      workflowSamples(stats, ({ runsCreated }) => [[{}, runsCreated]]),
    ),
    counter(
      "baton_runs_ended_total",
      "Runs ended, by workflow and status.",
      workflowSamples(stats, ({ runsEnded }) => byStatus(runsEnded)),
    ),
    counter(
      "baton_attempts_ended_total",
      "Attempts ended, by workflow and what they came to, each once; FAILED counts those that are tried again too, WAITING those whose step then waits.",
      workflowSamples(stats, ({ attemptsEnded }) => byStatus(attemptsEnded)),
    ),
    counter(
      "baton_retries_total",
      "Failed attempts that are tried again, by workflow.",
      workflowSamples(stats, ({ retries }) => [[{}, retries]]),
    ),
    counter(
      "baton_lease_losses_total",
      "Results that came after their attempt had lost its lease.",
      stats.map(({ shard, counters }) => ({ labels: { shard }, value: counters.leaseLosses })),
    ),
    {
      name: "baton_attempt_duration_seconds",
      type: "histogram",
      help: "From the begin of an attempt to its outcome.",
      samples: stats.flatMap(histogramSamples),
    },
  ];
}

function ledgerMetrics(stats: readonly ShardStats[]): readonly Metric[] {
  function samples(read: (ledger: ShardStats["ledger"]) => number): readonly Sample[] {
    return stats.map(({ shard, ledger }) => ({ labels: { shard }, value: read(ledger) }));
  }
  return [
    counter(
      "baton_ledger_batches_total",
      "Group commits.",
      samples(({ batches }) => batches),
    ),
    counter(
      "baton_ledger_requests_total",
      "Requests in group commits; by batches, this is the size of a batch.",
      samples(({ requests }) => requests),
    ),
    counter(
      "baton_ledger_replays_total",
      "Requests that were applied once more by themselves after their batch was refused.",
      samples(({ replays }) => replays),
    ),
  ];
}

type LabeledValue = readonly [labels: Sample["labels"], value: number];

/** A shard names 50 workflows at most; the others are `_other`. */
function workflowSamples(
  stats: readonly ShardStats[],
  read: (counters: WorkflowCounters) => readonly LabeledValue[],
): readonly Sample[] {
  return stats.flatMap(({ shard, counters }) =>
    [...counters.workflows].flatMap(([workflow, counted]) =>
      read(counted).map(([labels, value]) => ({ labels: { shard, workflow, ...labels }, value })),
    ),
  );
}

function byStatus(counts: ReadonlyMap<string, number>): readonly LabeledValue[] {
  return Array.from(counts, ([status, value]) => [{ status }, value]);
}

/** Buckets are cumulative in the text, and not in the shard. */
function histogramSamples({ shard, counters }: ShardStats): readonly Sample[] {
  const { boundaries, counts, sum } = counters.stepSeconds;
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return { suffix: "_bucket", labels: { shard, le: boundaries[index] ?? "+Inf" }, value: total };
  });
  return [
    ...buckets,
    { suffix: "_sum", labels: { shard }, value: sum },
    { suffix: "_count", labels: { shard }, value: total },
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "counter", help, samples };
}
