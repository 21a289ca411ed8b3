import type { z } from "@hono/zod-openapi";
import { UnavailableError } from "../../domain/errors.ts";
import type { RunId } from "../../domain/ids.ts";
import type { Command } from "../../domain/run/command.ts";
import { ok } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { problem, type Problem, refuseUnanswered, unavailable } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { commandRun } from "../runs/commands.ts";
import { noRun } from "../runs/refusals.ts";
import { readRunFilter } from "../runs/run-query.ts";
import { refuseStart, requestRun } from "../runs/start-run.ts";
import { BULK_RUNS_MAX, type BulkBody, bulkRuns } from "./contract.ts";

type BulkCall = Pick<Call<unknown, unknown, z.output<typeof BulkBody>>, "services" | "actor" | "database" | "body">;

/** What came of one run. */
type OneResult = { readonly kind: "applied"; readonly startedId: RunId | null } | Problem;

/** Runs that are changed at the same time. */
const CONCURRENCY = 25;

/** Changing many runs. */
export const bulkOperations: readonly ServedOperation[] = [
  serveOperation(bulkRuns, async ({ body, ...rest }) => {
    if (body === undefined) {
      return problem("malformed_body", "send what to do, as JSON");
    }
    const call = { ...rest, body };
    const ids = await findIds(call);
    if (ids.length !== body.expectedCount) {
      const count = ids.length > BULK_RUNS_MAX ? `more than ${BULK_RUNS_MAX}` : String(ids.length);
      const detail = `${count} runs match, expected were ${body.expectedCount}; look at them again, then send the count`;
      return problem("count_mismatch", detail, { members: { count: ids.length } });
    }
    const results: OneResult[] = [];
    for (let from = 0; from < ids.length; from += CONCURRENCY) {
      const chunk = ids.slice(from, from + CONCURRENCY);
      results.push(...(await Promise.all(chunk.map(async (id) => tryOne(call, id)))));
    }
    return ok(describeResults(ids, results));
  }),
];

/** At most one more than a call may change. */
async function findIds({ body, database }: BulkCall): Promise<readonly RunId[]> {
  if (body.filter === undefined) {
    return [...new Set(body.ids ?? [])];
  }
  const { runs } = await database.runs.list(readRunFilter(body.filter), { after: null, limit: BULK_RUNS_MAX + 1 });
  return runs.map((run) => run.id);
}

/** A shard that is away refuses its own runs, not those of others. */
async function tryOne(call: BulkCall, id: RunId): Promise<OneResult> {
  try {
    return await changeOne(call, id);
  } catch (error) {
    if (error instanceof UnavailableError) {
      return unavailable(`${error.message}; try this run again in a moment`);
    }
    throw error;
  }
}

async function changeOne(call: BulkCall, id: RunId): Promise<OneResult> {
  const { body, services } = call;
  const actor = call.actor ?? "system";
  switch (body.action) {
    case "cancel":
      return command(call, id, { type: "cancel", actor, reason: body.reason ?? null });
    case "retry":
      return command(call, id, { type: "retry", actor, from: null });
    case "rerun": {
      const origin = await call.database.runs.findOrigin(id);
      if (origin === null) {
        return noRun(id);
      }
      const request = requestRun(services, { spec: { ...origin, rerunOf: id }, key: null, actor });
      const result = await services.shards.start(request);
      if (!result.ok) {
        return refuseUnanswered(result);
      }
      const reply = result.value;
      return reply.kind === "started" || reply.kind === "replayed"
        ? { kind: "applied", startedId: request.runId }
        : refuseStart(request, reply);
    }
  }
}

async function command({ services }: BulkCall, id: RunId, change: Command): Promise<OneResult> {
  return (await commandRun(services.shards, id, change)) ?? { kind: "applied", startedId: null };
}

function describeResults(ids: readonly RunId[], results: readonly OneResult[]): z.output<typeof bulkRuns.result> {
  const refused = results.flatMap((result, index) =>
    result.kind === "problem" ? [{ id: ids[index] ?? "", code: result.code, detail: result.detail }] : [],
  );
  const started = results.flatMap((result) =>
    result.kind === "applied" && result.startedId !== null ? [result.startedId] : [],
  );
  return { matched: ids.length, applied: ids.length - refused.length, refused, started };
}
