import type { RunId } from "../../domain/ids.ts";
import { isRunEnded } from "../../domain/run/transitions.ts";
import { noContent, ok } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { problem, type Problem, refuseUnanswered } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun } from "../runs/refusals.ts";
import { SSE_HEADERS } from "../streams/handlers.ts";
import { listEvents } from "./contract.ts";
import { viewEvent } from "./view.ts";

/** A run that is to be streamed. */
interface StreamRequest extends Pick<Call<unknown, unknown, unknown>, "services" | "database"> {
  readonly runId: RunId;
  readonly after: number;
  /** A browser that comes back sends it, and it wins over `after`. */
  readonly lastEventId: string | null;
}

/** The audit log of a run. */
export const eventOperations: readonly ServedOperation[] = [
  serveOperation(listEvents, async ({ params, query, headers, services, database }) => {
    const { limit } = query;
    const after = Number(query.after);
    if (wantsStream(headers)) {
      return streamRun({ services, database, runId: params.id, after, lastEventId: headers.get("Last-Event-ID") });
    }
    const events = await database.events.list(params.id, { after, limit: limit + 1 });
    if (events === null) {
      return noRun(params.id);
    }
    const shown = events.slice(0, limit);
    const last = shown.at(-1);
    return ok({
      items: shown.map(viewEvent),
      nextCursor: events.length > limit && last !== undefined ? String(last.seq) : null,
    });
  }),
];

/** Whether a client asks for a stream where a list is to be had too. */
function wantsStream(headers: Headers): boolean {
  return (headers.get("Accept") ?? "").includes("text/event-stream");
}

async function streamRun({
  services,
  database,
  runId,
  after,
  lastEventId,
}: StreamRequest): Promise<Response | Problem> {
  if (lastEventId !== null && !/^\d{1,9}$/.test(lastEventId)) {
    const message = "`Last-Event-ID` is the number of an event";
    const issues = [{ path: "Last-Event-ID", code: "invalid_header", message }];
    return problem("invalid_request", message, { issues });
  }
  const knownSeq = lastEventId === null ? after : Number(lastEventId);
  // Looked up here, so that an id that somebody made up wakes no shard.
  const state = await database.runs.findState(runId);
  if (state === null) {
    return noRun(runId);
  }
  if (isRunEnded(state.status) && knownSeq >= state.seq) {
    // By the standard of server-sent events this, and only this, keeps a client from coming back again and again.
    return noContent({ "Cache-Control": "no-store" });
  }
  const result = await services.shards.streamRun(runId, knownSeq);
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  return result.value === null ? noRun(runId) : new Response(result.value, { headers: SSE_HEADERS });
}
