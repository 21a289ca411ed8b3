import { type SQL, sql } from "drizzle-orm";
import { runs } from "../schema/runs.ts";

/** What lists read of a run: no payloads. */
export const SUMMARY_COLUMNS = {
  id: runs.id,
  workflow: runs.workflow,
  version: runs.version,
  status: runs.status,
  labels: runs.labels,
  counts: runs.counts,
  failure: runs.failure,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  endedAt: runs.endedAt,
};

/** Payloads up to this size are shown whole on the page of a run, in bytes. */
const SHOWN_BYTES_MAX = 64 * 1024;

/** Of larger ones, this many characters are shown. */
const PREVIEW_LENGTH = 1000;

/** Columns that show a payload in passing. (An interface would lack the index signature that Drizzle asks for.) */
type PreviewColumns = Readonly<Record<"text" | "preview", SQL<string | null>>> & { readonly bytes: SQL<number | null> };

/**
 * Makes the columns that show a payload in passing, so that a large one does not leave the database.
 *
 * @param text - The text of the payload.
 * @returns Size, and the text or its beginning.
 */
export function previewColumns(text: SQL): PreviewColumns {
  const limit = sql.raw(String(SHOWN_BYTES_MAX));
  const length = sql.raw(String(PREVIEW_LENGTH));
  return {
    bytes: sql<number | null>`octet_length(${text})`,
    text: sql<string | null>`case when octet_length(${text}) <= ${limit} then ${text} end`,
    preview: sql<string | null>`case when octet_length(${text}) > ${limit} then left(${text}, ${length}) end`,
  };
}
