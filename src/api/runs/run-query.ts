import type { z } from "@hono/zod-openapi";
import type { listRuns } from "./contract.ts";
import type { RunFilter } from "./port.ts";

type RunQuery = Pick<z.output<typeof listRuns.query>, "status" | "workflow" | "label" | "q" | "from" | "to">;

/**
 * Reads which runs a client means.
 *
 * @param query - Parameters of a list, or the filter of a bulk call.
 * @returns The filter; what was not given matches every run.
 */
export function readRunFilter(query: RunQuery): RunFilter {
  const search = query.q?.trim() ?? "";
  return {
    statuses: query.status ?? [],
    workflow: query.workflow ?? null,
    labels: Object.fromEntries(query.label ?? []),
    search: search === "" ? null : search,
    from: query.from ?? null,
    to: query.to ?? null,
  };
}
