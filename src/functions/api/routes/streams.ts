import type { RunId } from "../../../domain/ids.ts";
import { mergeChanges, readCursors } from "../../streams/merge-changes.ts";
import { streamRuns } from "../contract/streams.ts";
import { problem, type Problem } from "../problem.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import type { ApiServices } from "../services.ts";
import { refuseUnanswered } from "../shard-refusal.ts";

const SSE_HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  // Proxies that gather answers would hold the messages back.
  "X-Accel-Buffering": "no",
};

/** The stream of all runs. */
export const streamOperations: readonly ServedOperation[] = [
  serveOperation(streamRuns, async ({ services, query, headers }) => {
    const cursors = readCursors(headers.get("Last-Event-ID") ?? query.after ?? "");
    if (cursors === null) {
      const message = "`after` is the `id` of a message of this stream; leave it out to start now";
      return problem("invalid_request", message, { issues: [{ path: "after", code: "invalid_cursor", message }] });
    }
    const shards = Array.from({ length: services.settings.shardCount }, (_, shard) => shard);
    const streams = await Promise.all(
      shards.map(async (shard) => services.shards.streamChanges(shard, cursors.get(shard) ?? null)),
    );
    return new Response(mergeChanges(new Map(streams.map((stream, shard) => [shard, stream]))), {
      headers: SSE_HEADERS,
    });
  }),
];

/**
 * Tells whether a client asks for a stream where a list is to be had too.
 *
 * @param headers - The request's.
 * @returns Whether it accepts server-sent events.
 */
export function wantsStream(headers: Headers): boolean {
  return (headers.get("Accept") ?? "").includes("text/event-stream");
}

/**
 * Streams the events of a run.
 *
 * @param services - The way to the shards.
 * @param runId - The run.
 * @param position - `after` from the query; `Last-Event-ID`, which a browser sends when it comes back, wins over it.
 * @returns The stream, or why there is none.
 */
export async function streamRunEvents(
  services: ApiServices,
  runId: RunId,
  position: { readonly after: number; readonly lastEventId: string | null },
): Promise<Response | Problem> {
  const { after, lastEventId } = position;
  if (lastEventId !== null && !/^\d{1,9}$/.test(lastEventId)) {
    const message = "`Last-Event-ID` is the number of an event";
    return problem("invalid_request", message, {
      issues: [{ path: "Last-Event-ID", code: "invalid_header", message }],
    });
  }
  const result = await services.shards.streamRun(runId, lastEventId === null ? after : Number(lastEventId));
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  return result.value === null
    ? problem("run_not_found", `there is no run ${runId}`)
    : new Response(result.value, { headers: SSE_HEADERS });
}
