import { parseRunId } from "../../domain/ids.ts";
import { exportLog } from "../../functions/api/export-log.ts";
import { viewEvent } from "../events/view.ts";
import { ok } from "../http/answer.ts";
import { cutPage, readCursor, readNumber, writeCursor } from "../http/cursor.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun } from "../runs/command-run.ts";
import { exportRun, listAudit, listOperatorEvents, verifyRun } from "./contract.ts";
import type { AuditPosition } from "./port.ts";

/** Audit logs: check, export, read all of them. */
export const auditOperations: readonly ServedOperation[] = [
  serveOperation(verifyRun, async ({ params, database }) => {
    const checked = await database.events.verify(params.id);
    if (checked === null) {
      return noRun(params.id);
    }
    const { verdict, head } = checked;
    return ok(
      verdict.ok
        ? { ok: true, events: verdict.events, head: head.hash }
        : {
            ok: false,
            events: verdict.events,
            head: head.hash,
            brokenAt: verdict.brokenAt,
            reason: verdict.reason,
          },
    );
  }),
  serveOperation(exportRun, async ({ params, database }) => {
    const { events } = database;
    const head = await events.findHead(params.id);
    if (head === null) {
      return noRun(params.id);
    }
    return new Response(exportLog(events, params.id, head), {
      headers: {
        "Content-Type": "application/x-ndjson",
        "Content-Disposition": `attachment; filename="run-${params.id}.ndjson"`,
        "Cache-Control": "no-store",
      },
    });
  }),
  serveOperation(listAudit, async ({ query, services, database }) => {
    const cursor = readCursor(query.cursor, readPosition);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const { type, actor, workflow, from, to, limit } = query;
    const filter = {
      types: type ?? [],
      actor: actor ?? null,
      workflow: workflow ?? null,
      from: from ?? null,
      to: to ?? null,
    };
    const page = await database.audit.list(filter, { after: cursor.after, limit, now: services.now() });
    const nextCursor = page.next === null ? null : writeCursor(writePosition(page.next));
    return ok({ items: page.events.map(viewEvent), nextCursor });
  }),
  serveOperation(listOperatorEvents, async ({ query, database }) => {
    const cursor = readCursor(query.cursor, readNumber);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const found = await database.audit.listOperatorEvents({ after: cursor.after, limit: query.limit + 1 });
    const { rows, nextCursor } = cutPage(found, query.limit, ({ id }) => String(id));
    return ok({ items: rows.map((event) => ({ ...event, at: event.at.toISOString() })), nextCursor });
  }),
];

function writePosition({ at, runId, seq }: AuditPosition): string {
  return `${at.getTime()} ${runId ?? ""} ${seq}`;
}

function readPosition(text: string): AuditPosition | null {
  const [time = "", run = "", seq = "", ...rest] = text.split(" ");
  const runId = parseRunId(run);
  const isWhole = (runId !== null || run === "") && rest.length === 0;
  return isWhole && /^\d{1,14}$/.test(time) && /^\d{1,9}$/.test(seq)
    ? { at: new Date(Number(time)), runId, seq: Number(seq) }
    : null;
}
