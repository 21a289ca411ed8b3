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
 * Makes what a payload's text is joined as, laterally: a large one is unpacked once then, not for each column that looks
 * at it. (Without the offset PostgreSQL would put the text back into each.)
 *
 * @param text - The text of the payload.
 * @param name - What it is joined as.
 * @returns A relation of one row.
 */
export function textRelation(text: SQL, name: string): SQL {
  return sql`(select ${text} as text offset 0) as ${sql.identifier(name)}`;
}

/**
 * Makes the columns that show a payload in passing, so that a large one does not leave the database.
 *
 * @param relation - What its text is joined as.
 * @returns Size, and the text or its beginning.
 */
export function previewColumns(relation: string): PreviewColumns {
  const text = sql`${sql.identifier(relation)}.text`;
  const limit = sql.raw(String(SHOWN_BYTES_MAX));
  const length = sql.raw(String(PREVIEW_LENGTH));
  return {
    bytes: sql<number | null>`octet_length(${text})`,
    text: sql<string | null>`case when octet_length(${text}) <= ${limit} then ${text} end`,
    preview: sql<string | null>`case when octet_length(${text}) > ${limit} then left(${text}, ${length}) end`,
  };
}
