import type { EventReads } from "../../api/events/port.ts";
import { viewEvent } from "../../api/events/view.ts";
import type { RunId } from "../../domain/ids.ts";
import type { ChainHead } from "../../domain/run/run.ts";

/** Names the format of an export in its first line. */
const EXPORT_FORMAT = "baton-audit-log/1";

const PAGE = 500;

/**
 * Writes a run's log as NDJSON, a page at a time as the client takes it: first the head of the chain, then an event a
 * line up to that head. A log that is cut anywhere on its way no longer fits its first line.
 *
 * @param reads - The log.
 * @param runId - The run.
 * @param head - Where its chain ends.
 * @returns The stream.
 */
export function exportLog(reads: EventReads, runId: RunId, head: ChainHead): ReadableStream<Uint8Array> {
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
