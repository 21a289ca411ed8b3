import { parseRunId, type RunId } from "../../domain/ids.ts";
import { notModified, ok } from "../http/answer.ts";
import { cutPage, readCursor, writeCursor } from "../http/cursor.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { getRun, getRunInput, getRunOutput, listRuns } from "./contract.ts";
import { noRun } from "./refusals.ts";
import { readRunFilter } from "./run-query.ts";
import { viewRun, viewRunSummary } from "./view.ts";

/** Runs: list, get, payloads. */
export const runOperations: readonly ServedOperation[] = [
  serveOperation(listRuns, async ({ query, database }) => {
    const cursor = readCursor(query.cursor, parseRunId);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const filter = readRunFilter(query);
    const { runs, searchedTo } = await database.runs.list(filter, { after: cursor.after, limit: query.limit + 1 });
    const { rows, nextCursor } = cutPage(runs, query.limit, (run) => run.id);
    return ok({
      items: rows.map(viewRunSummary),
      nextCursor: searchedTo === null ? nextCursor : writeCursor(searchedTo),
      searchedTo: searchedTo === null ? null : instantOfRun(searchedTo).toISOString(),
    });
  }),
  serveOperation(getRun, async ({ params, headers, database }) => {
    const known = headers.get("If-None-Match");
    const head = known === null ? null : await database.events.findHead(params.id);
    if (head !== null && known?.includes(etagOf(head.seq)) === true) {
      return notModified(etagOf(head.seq));
    }
    const run = await database.runs.find(params.id);
    return run === null
      ? noRun(params.id)
      : ok(viewRun(run), { ETag: etagOf(run.seq), "Cache-Control": "private, no-cache" });
  }),
  serveOperation(getRunInput, async ({ params, database }) => {
    const found = await database.runs.findPayload(params.id, "input");
    return found === null ? noRun(params.id) : ok(found.value);
  }),
  serveOperation(getRunOutput, async ({ params, database }) => {
    const found = await database.runs.findPayload(params.id, "output");
    return found === null ? noRun(params.id) : ok(found.value);
  }),
];

/** Weak: instants of leases and sizes may differ while the revision is the same. */
function etagOf(revision: number): string {
  return `W/"${revision}"`;
}

/** When the run was made: its id is a UUIDv7. */
function instantOfRun(runId: RunId): Date {
  return new Date(Number.parseInt(runId.slice(0, 8) + runId.slice(9, 13), 16));
}
