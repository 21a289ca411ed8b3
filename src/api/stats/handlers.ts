import { ok } from "../http/answer.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { getStats } from "./contract.ts";
import type { BucketCount, StatusCount } from "./port.ts";

/** Buckets of a window. */
const BUCKET_COUNT = 60;

/** Figures about runs. */
export const statsOperations: readonly ServedOperation[] = [
  serveOperation(getStats, async ({ query, services, database }) => {
    const to = services.now();
    const from = new Date(to.getTime() - query.window);
    const bucketMs = Math.ceil(query.window / BUCKET_COUNT);
    const { stats } = database;
    const [read, active] = await Promise.all([stats.read({ from, bucketMs }), stats.countActive()]);
    const { counts, durationMs, isPartial } = read;
    const byBucket = Map.groupBy(counts, ({ bucket }) => Math.min(bucket, BUCKET_COUNT - 1));
    const buckets = Array.from({ length: BUCKET_COUNT }, (_, index) => {
      const ofBucket = byBucket.get(index) ?? [];
      const at = new Date(from.getTime() + index * bucketMs).toISOString();
      return { at, total: sum(ofBucket), byStatus: sumByStatus(ofBucket) };
    });
    return ok({
      from: from.toISOString(),
      to: to.toISOString(),
      total: sum(counts),
      byStatus: sumByStatus(counts),
      active: sumByStatus(active),
      bucketMs,
      buckets,
      durationMs,
      isPartial,
    });
  }),
];

function sum(counts: readonly BucketCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function sumByStatus(counts: readonly StatusCount[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { status, count } of counts) {
    sums[status] = (sums[status] ?? 0) + count;
  }
  return sums;
}
