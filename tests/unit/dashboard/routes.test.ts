import { describe, expect, it } from "vitest";
import {
  ALL_RUNS,
  describeFilter,
  formatRoute,
  isFiltered,
  parseRoute,
  type Route,
} from "../../../dashboard/model/routes.ts";

const PLACES: readonly Route[] = [
  { page: "runs", filter: ALL_RUNS },
  { page: "runs", filter: { statuses: ["RETRYING", "FAILED"], workflow: "multi-step", search: "50% & more" } },
  { page: "run", runId: "01a205a5-c080-7000-97fa-95890b37bc85", step: null, view: null },
  { page: "run", runId: "01a205a5-c080-7000-97fa-95890b37bc85", step: "each[3].resize", view: "table" },
  { page: "run", runId: "01a205a5-c080-7000-97fa-95890b37bc85", step: "undo:reserve", view: "graph" },
  { page: "workflows" },
  { page: "workflow", name: "multi-step" },
  { page: "audit" },
  { page: "unknown", path: "/nowhere/at/all" },
];

describe("addresses of the dashboard", () => {
  it.each(PLACES)("a link to $page shows what its sender saw", (place) => {
    expect(parseRoute(formatRoute(place))).toEqual(place);
  });

  it("an empty address is the list of all runs", () => {
    expect(parseRoute("")).toEqual({ page: "runs", filter: ALL_RUNS });
    expect(parseRoute("#/runs")).toEqual({ page: "runs", filter: ALL_RUNS });
  });

  it("states in an address are read in any case and order, and unknown ones are dropped", () => {
    expect(parseRoute("#/?status=failed,BROKEN,Running")).toMatchObject({
      filter: { statuses: ["RUNNING", "FAILED"] },
    });
  });

  it("an address that cannot be decoded is taken as it stands", () => {
    expect(parseRoute("#/workflows/100%")).toEqual({ page: "workflow", name: "100%" });
  });

  it.each([".", "..", "%2E", "%2e%2E"])("%s names nothing, since a browser would leave the path with it", (name) => {
    expect(parseRoute(`#/runs/${name}`)).toEqual({ page: "unknown", path: `/runs/${name}` });
    expect(parseRoute(`#/workflows/${name}`)).toEqual({ page: "unknown", path: `/workflows/${name}` });
  });

  it("a filter is said in words", () => {
    expect(describeFilter({ statuses: ["FAILED", "RETRYING"], workflow: "cat", search: "503" })).toBe(
      'failed or retrying, workflow cat, "503"',
    );
    expect(isFiltered(ALL_RUNS)).toBe(false);
    expect(isFiltered({ ...ALL_RUNS, search: "x" })).toBe(true);
  });
});
