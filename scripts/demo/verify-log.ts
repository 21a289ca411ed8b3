import { createHash } from "node:crypto";
import { ChainVerifier } from "../../src/domain/audit/chain.ts";
import { parseRunId } from "../../src/domain/ids.ts";
import type { EventView, RunView } from "./api-client.ts";

/**
 * Verifies the audit log of a run here, event by event, without trusting the server's word for it.
 *
 * @param run - The run, ended.
 * @param events - All its events, in order.
 * @returns What is wrong with the log, or null when it is as it was written.
 */
export function complaintAboutLog(run: RunView, events: readonly EventView[]): string | null {
  const runId = parseRunId(run.id);
  if (runId === null) {
    return `${run.id} is no run id`;
  }
  const verifier = new ChainVerifier(runId, (text) => createHash("sha256").update(text).digest("hex"));
  for (const event of events) {
    verifier.add(event);
  }
  const verdict = verifier.verdict({ seq: run.seq, hash: events.at(-1)?.hash ?? "" });
  return verdict.ok ? null : `the audit log is broken at event ${verdict.brokenAt}: ${verdict.reason}`;
}
