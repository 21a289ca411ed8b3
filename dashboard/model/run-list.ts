import type { Run, RunSummary } from "./api-types.ts";
import type { RunFilter } from "./routes.ts";

/** Most rows that a list holds; who needs more narrows the filter. */
export const ROWS_MAX = 1_000;

/** The runs that a page shows, newest first, and those that arrived since. */
export interface RunList {
  readonly rows: readonly RunSummary[];
  /** New runs that wait behind the "new" button, newest first. */
  readonly fresh: readonly RunSummary[];
}

/** A list without runs. */
export const EMPTY_LIST: RunList = { rows: [], fresh: [] };

/**
 * Takes what the API says about runs into a list.
 *
 * @param list - The list.
 * @param incoming - Summaries, in any order. Those older than what the list knows are ignored.
 * @param filter - Which runs the list shows. A row that no longer fits stays where it is.
 * @returns The list with rows updated in place, and new runs in `fresh`.
 */
export function takeSummaries(list: RunList, incoming: readonly RunSummary[], filter: RunFilter): RunList {
  const updates = new Map(incoming.map((run) => [run.id, run]));
  const known = new Set([...list.rows, ...list.fresh].map(({ id }) => id));
  const newest = list.rows[0]?.id ?? "";
  // Ids sort by time. A run below the first row belongs to a page that is not loaded yet.
  const arrived = incoming.filter((run) => !known.has(run.id) && run.id > newest && matchesFilter(run, filter));
  const fresh = [...arrived, ...list.fresh.map((row) => newerOf(row, updates.get(row.id)))];
  return {
    rows: list.rows.map((row) => newerOf(row, updates.get(row.id))),
    fresh: sortNewestFirst(fresh).slice(0, ROWS_MAX),
  };
}

/**
 * Puts the new runs on top of the list.
 *
 * @param list - The list.
 * @returns The list with nothing left in `fresh`.
 */
export function showFresh(list: RunList): RunList {
  return { rows: sortNewestFirst([...list.fresh, ...list.rows]).slice(0, ROWS_MAX), fresh: [] };
}

/**
 * Adds the next page at the end.
 *
 * @param list - The list.
 * @param page - The runs of the page.
 * @returns The list with those that it did not have.
 */
export function appendPage(list: RunList, page: readonly RunSummary[]): RunList {
  const known = new Set(list.rows.map(({ id }) => id));
  return { ...list, rows: [...list.rows, ...page.filter(({ id }) => !known.has(id))].slice(0, ROWS_MAX) };
}

/**
 * Tells whether a run belongs to a list.
 *
 * @param run - The run.
 * @param filter - Which runs the list shows.
 * @returns What the API would say, as far as a summary tells.
 */
export function matchesFilter(run: RunSummary, { statuses, workflow, search }: RunFilter): boolean {
  if (statuses.length > 0 && !statuses.includes(run.status)) return false;
  if (workflow !== null && run.workflow !== workflow) return false;
  return search === "" || matchesSearch(run, search.toLowerCase());
}

/**
 * Lists the runs whose rows may be out of date.
 *
 * @param list - The list.
 * @param answered - What the API just said.
 * @returns Runs that have not ended as far as the list knows, and that the answer does not mention.
 */
export function findStale(list: RunList, answered: readonly RunSummary[]): readonly RunSummary[] {
  const mentioned = new Set(answered.map(({ id }) => id));
  return list.rows.filter((row) => row.endedAt === null && !mentioned.has(row.id));
}

/**
 * Makes the row of a run from its page's data.
 *
 * @param run - The run with its steps.
 * @returns Its summary.
 */
export function summarize(run: Run): RunSummary {
  const { id, workflow, version, status, labels, createdAt, startedAt, endedAt, durationMs, attempts, error } = run;
  return {
    id,
    workflow,
    version,
    status,
    labels,
    createdAt,
    startedAt,
    endedAt,
    durationMs,
    attempts,
    error,
    steps: run.counts,
  };
}

/** Answers may overtake each other; a run's attempts never decrease, and only a retry leaves an end. */
function newerOf(row: RunSummary, update: RunSummary | undefined): RunSummary {
  if (update === undefined || update.attempts < row.attempts) return row;
  const wouldRevive = row.endedAt !== null && update.endedAt === null && row.status !== "FAILED";
  return wouldRevive ? row : update;
}

function matchesSearch(run: RunSummary, search: string): boolean {
  const texts = [run.workflow, ...Object.entries(run.labels).flat(), run.error?.message ?? "", run.error?.code ?? ""];
  return run.id.startsWith(search) || texts.some((text) => text.toLowerCase().includes(search));
}

function sortNewestFirst(runs: readonly RunSummary[]): readonly RunSummary[] {
  return runs.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}
