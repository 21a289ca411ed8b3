import { createHash } from "node:crypto";
import { z } from "zod";
import { ChainVerifier, type Verdict } from "../../src/domain/audit/chain.ts";
import { parseRunId, type RunId } from "../../src/domain/ids.ts";
import type { Event } from "../../src/domain/run/event.ts";

const RunIdText = z.string().transform((text, context): RunId => {
  const runId = parseRunId(text);
  if (runId !== null) return runId;
  context.addIssue({ code: "custom", message: "no run id" });
  return z.NEVER;
});

const Head = z.object({
  format: z.literal("baton-audit-log/1"),
  runId: RunIdText,
  seq: z.int().min(0),
  hash: z.string(),
});

const Line = z.looseObject({ runId: z.string(), seq: z.int(), at: z.iso.datetime() });

const Refusal = z.object({ code: z.string(), detail: z.string() });

/** What checking an export came to: a verdict, or why the file is no export. */
export type ExportVerdict = Verdict | { readonly ok: false; readonly reason: string };

/**
 * Checks an exported audit log by itself: every event hashes to what its line says, names the one before, and the last
 * is the head that the first line names.
 *
 * @param text - The file: NDJSON as `GET /api/runs/{id}/export` gives it.
 * @returns Whether the log is as it was written, or where it first is not.
 */
export function verifyExport(text: string): ExportVerdict {
  const [first = "", ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  const head = Head.safeParse(parseJson(first));
  if (!head.success) {
    return { ok: false, reason: describeFirstLine(first) };
  }
  const verifier = new ChainVerifier(head.data.runId, (event) => createHash("sha256").update(event).digest("hex"));
  for (const [index, line] of lines.entries()) {
    const event = readEvent(line, head.data.runId);
    if (event === null) {
      return { ok: false, reason: `line ${index + 2} is no event of run ${head.data.runId}` };
    }
    verifier.add(event);
  }
  return verifier.verdict(head.data);
}

function describeFirstLine(line: string): string {
  if (line === "") {
    return "the file is empty: the export was not written";
  }
  // A refused request leaves the refusal in the file.
  const refusal = Refusal.safeParse(parseJson(line));
  return refusal.success
    ? `this is no export but a refusal of the API: ${refusal.data.detail}`
    : "the first line is not the head of an export in the format baton-audit-log/1";
}

function readEvent(line: string, runId: RunId): Event | null {
  const parsed = Line.safeParse(parseJson(line));
  if (!parsed.success || parsed.data.runId !== runId) {
    return null;
  }
  // What the other members are is for the hash to say.
  const event: Event = JSON.parse(line);
  return { ...event, at: new Date(parsed.data.at) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
