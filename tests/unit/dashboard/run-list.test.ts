import { describe, expect, it } from "vitest";
import type { RunSummary } from "../../../dashboard/model/api-types.ts";
import { ALL_RUNS, type RunFilter } from "../../../dashboard/model/routes.ts";
import {
  appendPage,
  EMPTY_LIST,
  findStale,
  matchesFilter,
  type RunList,
  ROWS_MAX,
  showFresh,
  takeSummaries,
} from "../../../dashboard/model/run-list.ts";

const COUNTS = {
  total: 1,
  pending: 0,
  running: 0,
  retrying: 0,
  waiting: 0,
  completed: 1,
  failed: 0,
  skipped: 0,
  canceled: 0,
};

function run(id: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    workflow: "joke",
    version: 1,
    status: "RUNNING",
    labels: {},
    attempts: 1,
    error: null,
    steps: COUNTS,
    createdAt: "2026-07-01T12:00:00Z",
    startedAt: "2026-07-01T12:00:00Z",
    endedAt: null,
    durationMs: null,
    ...change,
  };
}

function ended(id: string, status: "COMPLETED" | "FAILED", attempts = 2): RunSummary {
  return run(id, { status, attempts, endedAt: "2026-07-01T12:00:01Z", durationMs: 1_000 });
}

function idsOf(runs: readonly RunSummary[]): readonly string[] {
  return runs.map(({ id }) => id);
}

const LIST: RunList = { rows: [run("3"), run("2")], fresh: [] };

describe("the list of runs", () => {
  it("updates a row in place and lets new runs wait, so that nothing moves under the pointer", () => {
    const list = takeSummaries(LIST, [ended("2", "COMPLETED"), run("5"), run("4")], ALL_RUNS);
    expect(idsOf(list.rows)).toEqual(["3", "2"]);
    expect(list.rows[1]).toMatchObject({ status: "COMPLETED" });
    expect(idsOf(list.fresh)).toEqual(["5", "4"]);
  });

  it("shows the runs that waited on top, newest first and once each", () => {
    const twice = takeSummaries(takeSummaries(LIST, [run("4")], ALL_RUNS), [run("4"), run("5")], ALL_RUNS);
    expect(idsOf(showFresh(twice).rows)).toEqual(["5", "4", "3", "2"]);
    expect(showFresh(twice).fresh).toEqual([]);
  });

  it("an answer that was overtaken does not turn a run back", () => {
    const list = { rows: [ended("2", "COMPLETED", 3)], fresh: [] };
    expect(takeSummaries(list, [run("2", { attempts: 2 })], ALL_RUNS)).toEqual(list);
    expect(takeSummaries(list, [run("2", { attempts: 3 })], ALL_RUNS)).toEqual(list);
  });

  it("a failed run that is retried is shown under way again", () => {
    const list = { rows: [ended("2", "FAILED", 3)], fresh: [] };
    expect(takeSummaries(list, [run("2", { status: "RETRYING", attempts: 3 })], ALL_RUNS).rows[0]?.status).toBe(
      "RETRYING",
    );
  });

  it("a run that is older than the rows shown is left for its page", () => {
    expect(takeSummaries(LIST, [run("1")], ALL_RUNS).fresh).toEqual([]);
  });

  it("new runs that do not fit the filter stay out; a row that no longer fits stays", () => {
    const filter: RunFilter = { ...ALL_RUNS, statuses: ["RUNNING"] };
    const list = takeSummaries(LIST, [ended("3", "COMPLETED"), ended("4", "COMPLETED")], filter);
    expect(idsOf(list.rows)).toEqual(["3", "2"]);
    expect(list.fresh).toEqual([]);
  });

  it("a page that overlaps what is shown adds each run once", () => {
    expect(idsOf(appendPage(LIST, [run("2"), run("1")]).rows)).toEqual(["3", "2", "1"]);
  });

  it(`never holds more than ${ROWS_MAX} rows`, () => {
    const many = Array.from({ length: ROWS_MAX + 5 }, (_, index) => run(String(index).padStart(6, "0")));
    expect(appendPage(EMPTY_LIST, many).rows).toHaveLength(ROWS_MAX);
    expect(showFresh({ rows: [], fresh: many }).rows).toHaveLength(ROWS_MAX);
  });

  it("asks again only for runs under way that an answer does not mention", () => {
    expect(idsOf(findStale({ rows: [run("3"), run("2"), ended("1", "FAILED")], fresh: [] }, [run("3")]))).toEqual([
      "2",
    ]);
  });

  it.each([
    ["the beginning of the id", "01a2", true],
    ["a part of the workflow's name", "JOK", true],
    ["a label's value", "billing", true],
    ["a part of the error", "503", true],
    ["the middle of the id", "a205", false],
    ["something else", "nothing", false],
  ])("searches as the API does: %s", (_what, search, isFound) => {
    const error = { code: "http_status", message: "answered 503", step: null, attempt: null, http: null };
    const found = matchesFilter(run("01a205a5", { labels: { team: "billing" }, error }), { ...ALL_RUNS, search });
    expect(found).toBe(isFound);
  });
});
