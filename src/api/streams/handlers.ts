import { UnavailableError } from "../../domain/errors.ts";
import { problem } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import type { ApiServices } from "../services.ts";
import { streamRuns } from "./contract.ts";
import { mergeChanges, readCursors, type ShardCursors, type ShardStreams } from "./merge-changes.ts";

/** Headers of a stream of server-sent events. */
export const SSE_HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  // Proxies that gather answers would hold the messages back.
  "X-Accel-Buffering": "no",
};

/** Shards that one stream listens to: each is a call of its own, and a place in the `id` of every message. */
const SHARDS_WATCHED_MAX = 64;

/** With more shards than that, the list is to be loaded again this often, in ms. */
const RESET_MS = 5_000;

/** The stream of all runs. */
export const streamOperations: readonly ServedOperation[] = [
  serveOperation(streamRuns, async ({ services, query, headers }) => {
    const cursors = readCursors(headers.get("Last-Event-ID") ?? query.after ?? "");
    if (cursors === null) {
      const message = "`after` is the `id` of a message of this stream; leave it out to start now";
      return problem("invalid_request", message, { issues: [{ path: "after", code: "invalid_cursor", message }] });
    }
    const { shardCount } = services.settings;
    const watchedCount = Math.min(shardCount, SHARDS_WATCHED_MAX);
    const streams = await openAll(services, watchedCount, cursors);
    const resetEveryMs = watchedCount < shardCount ? RESET_MS : null;
    return new Response(mergeChanges(streams, { resetEveryMs, after: services.after }), { headers: SSE_HEADERS });
  }),
];

/** All of them, or none: what has been opened when one shard does not answer is let go. */
async function openAll({ shards }: ApiServices, shardCount: number, cursors: ShardCursors): Promise<ShardStreams> {
  const numbers = Array.from({ length: shardCount }, (_, shard) => shard);
  const opened = await Promise.allSettled(
    numbers.map(async (shard) => shards.streamChanges(shard, cursors.get(shard) ?? null)),
  );
  const streams = opened.flatMap((result, shard) =>
    result.status === "fulfilled" ? [[shard, result.value] as const] : [],
  );
  if (streams.length < numbers.length) {
    await Promise.allSettled(streams.map(async ([, stream]) => stream.cancel()));
    throw new UnavailableError("shard", "a shard did not answer");
  }
  return new Map(streams);
}
