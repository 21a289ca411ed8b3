import { parseRunId, type RunId } from "../../domain/ids.ts";
import type { ChainHead } from "../../domain/run/run.ts";
import type { EventReads } from "../events/port.ts";
import { viewEvent } from "../events/view.ts";
import { ok } from "../http/answer.ts";
import { cutPage, readCursor, readNumber, writeCursor } from "../http/cursor.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun } from "../runs/refusals.ts";
import { exportRun, listAudit, listOperatorEvents, verifyRun } from "./contract.ts";
import type { AuditPosition } from "./port.ts";

/** Names the format of an export in its first line. */
const EXPORT_FORMAT = "baton-audit-log/1";

const PAGE = 500;

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

/**
 * Writes a run's log as NDJSON, a page at a time as the client takes it: first the head of the chain, then an event a
 * line up to that head. A log that is cut anywhere on its way no longer fits its first line.
 */
function exportLog(reads: EventReads, runId: RunId, head: ChainHead): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let after = 0;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`${JSON.stringify({ format: EXPORT_FORMAT, runId, ...head })}\n`));
    },
    async pull(controller) {
      const limit = Math.min(PAGE, head.seq - after);
      const events = limit > 0 ? ((await reads.list(runId, { after, limit })) ?? []) : [];
      const last = events.at(-1);
      if (last === undefined) {
        controller.close();
        return;
      }
      after = last.seq;
      controller.enqueue(encoder.encode(events.map((event) => `${JSON.stringify(viewEvent(event))}\n`).join("")));
    },
  });
}

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
