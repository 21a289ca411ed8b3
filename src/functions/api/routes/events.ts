import { ok } from "../answer.ts";
import { listEvents } from "../contract/events.ts";
import { problem } from "../problem.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import { viewEvent } from "../views/event-view.ts";
import { streamRunEvents, wantsStream } from "./streams.ts";

/** The audit log of a run. */
export const eventOperations: readonly ServedOperation[] = [
  serveOperation(listEvents, async ({ params, query, headers, services, database }) => {
    const { after, limit } = query;
    if (wantsStream(headers)) {
      return streamRunEvents(services, params.id, { after, lastEventId: headers.get("Last-Event-ID") });
    }
    const events = await database.events.list(params.id, { after, limit: limit + 1 });
    if (events === null) {
      return problem("run_not_found", `there is no run ${params.id}`);
    }
    const shown = events.slice(0, limit);
    const last = shown.at(-1);
    return ok({
      items: shown.map(viewEvent),
      nextCursor: events.length > limit && last !== undefined ? String(last.seq) : null,
    });
  }),
];
