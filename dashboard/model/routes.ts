import type { RunStatus } from "./api-types.ts";
import { RUN_STATUS_ORDER } from "./status.ts";

/** Which runs a list shows. */
export interface RunFilter {
  /** Any of these; none means all. */
  readonly statuses: readonly RunStatus[];
  readonly workflow: string | null;
  /** Text to find in id, workflow, labels or error; empty for none. */
  readonly search: string;
}

/** How the steps of a run are drawn; null leaves the choice to the page. */
export type RunView = "graph" | "table" | null;

/** Every place in the dashboard. All of it is in the address, so that a link shows what its sender saw. */
export type Route =
  | { readonly page: "runs"; readonly filter: RunFilter }
  | { readonly page: "run"; readonly runId: string; readonly step: string | null; readonly view: RunView }
  | { readonly page: "workflows" }
  | { readonly page: "workflow"; readonly name: string }
  | { readonly page: "audit" }
  | { readonly page: "unknown"; readonly path: string };

/** The list of all runs. */
export const ALL_RUNS: RunFilter = { statuses: [], workflow: null, search: "" };

/**
 * Reads the place from an address.
 *
 * @param hash - The address after the page's own, with or without its `#`.
 * @returns The place; `unknown` when there is no such page. Unknown parameters are dropped.
 */
export function parseRoute(hash: string): Route {
  const [path, query] = splitOnce(hash.replace(/^#/, ""), "?");
  const parameters = new URLSearchParams(query);
  const [section = "", name = "", ...rest] = path.split("/").filter((part) => part !== "");
  if (rest.length > 0) return { page: "unknown", path };
  const decoded = decode(name);
  // Browsers take these for steps in a path even where they are escaped, so no call could name such a thing.
  if (decoded === "." || decoded === "..") return { page: "unknown", path };
  return routeOf(section, decoded, parameters) ?? { page: "unknown", path };
}

/**
 * Writes the address of a place.
 *
 * @param route - The place.
 * @returns The address with its `#`; `parseRoute` gives the place back.
 */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case "runs":
      return `#/${formatFilter(route.filter)}`;
    case "run":
      return `#/runs/${encodeURIComponent(route.runId)}${formatQuery([
        ["step", route.step],
        ["view", route.view],
      ])}`;
    case "workflows":
      return "#/workflows";
    case "workflow":
      return `#/workflows/${encodeURIComponent(route.name)}`;
    case "audit":
      return "#/audit";
    case "unknown":
      return `#${route.path}`;
  }
}

/**
 * Writes the address of a run's page.
 *
 * @param runId - The run.
 * @returns The address with its `#`.
 */
export function runAddress(runId: string): string {
  return formatRoute({ page: "run", runId, step: null, view: null });
}

/**
 * Tells whether a list is narrowed in any way.
 *
 * @param filter - Which runs it shows.
 * @returns False when it shows all runs.
 */
export function isFiltered(filter: RunFilter): boolean {
  return filter.statuses.length > 0 || filter.workflow !== null || filter.search !== "";
}

/**
 * Says what a list is narrowed to, for people.
 *
 * @param filter - Which runs it shows.
 * @returns Text such as `failed, workflow cat, "503"`.
 */
export function describeFilter({ statuses, workflow, search }: RunFilter): string {
  const words = statuses.map((status) => status.toLowerCase()).join(" or ");
  const parts = [words, workflow === null ? "" : `workflow ${workflow}`, search === "" ? "" : `"${search}"`];
  return parts.filter((part) => part !== "").join(", ");
}

function routeOf(section: string, name: string, parameters: URLSearchParams): Route | null {
  switch (section) {
    case "":
      return { page: "runs", filter: parseFilter(parameters) };
    case "runs":
      return name === ""
        ? { page: "runs", filter: parseFilter(parameters) }
        : { page: "run", runId: name, step: parameters.get("step"), view: parseView(parameters.get("view")) };
    case "workflows":
      return name === "" ? { page: "workflows" } : { page: "workflow", name };
    case "audit":
      return name === "" ? { page: "audit" } : null;
    default:
      return null;
  }
}

function parseFilter(parameters: URLSearchParams): RunFilter {
  const wanted = new Set((parameters.get("status") ?? "").toUpperCase().split(","));
  return {
    statuses: RUN_STATUS_ORDER.filter((status) => wanted.has(status)),
    workflow: parameters.get("workflow"),
    search: parameters.get("q") ?? "",
  };
}

function formatFilter({ statuses, workflow, search }: RunFilter): string {
  return formatQuery([
    ["status", statuses.length === 0 ? null : statuses.join(",")],
    ["workflow", workflow],
    ["q", search === "" ? null : search],
  ]);
}

function formatQuery(entries: readonly (readonly [string, string | null])[]): string {
  const given = entries.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  // A comma is allowed in a fragment and reads better as it is.
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString().replaceAll("%2C", ",")}`;
}

function parseView(text: string | null): RunView {
  return text === "graph" || text === "table" ? text : null;
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone `%` in an address that somebody typed: taken as it stands.
    return text;
  }
}
