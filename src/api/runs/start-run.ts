import type { z } from "@hono/zod-openapi";
import { canonicalJson } from "../../domain/audit/chain.ts";
import { createRunId, type RunId, type WorkflowName } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { Actor } from "../../domain/run/command.ts";
import { isRunEnded } from "../../domain/run/transitions.ts";
import type { StartReply, StartRequest } from "../../ledger/request.ts";
import type { Answer } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { digest, hexDigest } from "../http/digest.ts";
import { readIdempotencyKey } from "../http/parse-request.ts";
import { problem, type Problem, refuseUnanswered } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import type { ApiServices } from "../services.ts";
import { rerunRun, startRun } from "./contract.ts";
import { noRun, refuseInput } from "./refusals.ts";
import type { StartedRun } from "./shapes.ts";
import { summaryOf, viewRunResult, viewRunSummary } from "./view.ts";

type StartedRunView = z.output<typeof StartedRun>;

/** The part of a call that making a run looks at. */
type MakeRunCall = Pick<
  Call<unknown, { readonly wait?: number | undefined }, unknown>,
  "services" | "headers" | "actor" | "query"
>;

/** The run that is asked for. */
export interface RunSpec {
  readonly workflow: WorkflowName;
  /** Null: the latest. */
  readonly version: number | null;
  readonly input: Json;
  /** On top of the recipe's. */
  readonly labels: Readonly<Record<string, string>>;
  /** The run that this one repeats, or null. */
  readonly rerunOf: RunId | null;
}

/** Bytes of a run id that are random, and bytes that choose a shard. */
const ID_BYTES = 8;
const SHARD_BYTES = 4;

/** Starting runs. */
export const startRunOperations: readonly ServedOperation[] = [
  serveOperation(startRun, async (call) => {
    const { input = {}, version = null, labels = {} } = call.body ?? {};
    return makeRun(call, { workflow: call.params.name, version, input, labels, rerunOf: null });
  }),
];

/** Doing a run once more. */
export const rerunOperations: readonly ServedOperation[] = [
  serveOperation(rerunRun, async (call) => {
    const { id } = call.params;
    const origin = await call.database.runs.findOrigin(id);
    if (origin === null) {
      return noRun(id);
    }
    const { workflow, version, labels } = origin;
    const input = call.body?.input === undefined ? origin.input : call.body.input;
    return makeRun(call, { workflow, version, input, labels, rerunOf: id });
  }),
];

/**
 * Makes a run, or finds the one that an earlier call with the same idempotency key made.
 *
 * @param call - The request; its `wait` says how long to wait for the run's end.
 * @param spec - The run.
 * @returns The run, or why there is none.
 */
async function makeRun(call: MakeRunCall, spec: RunSpec): Promise<Answer<StartedRunView> | Problem> {
  const key = readIdempotencyKey(call.headers);
  if (key.kind === "problem") {
    return key;
  }
  const request = requestRun(call.services, { spec, key: key.value, actor: call.actor ?? "system" });
  const result = await call.services.shards.start(request);
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  const reply = result.value;
  if (reply.kind === "started" && call.query.wait === undefined) {
    const { run } = reply;
    return { kind: "accepted", body: viewRunSummary(summaryOf(run)), headers: locate(run.id) };
  }
  if (reply.kind === "started") {
    return answerStored(call, reply.run.id, {});
  }
  return reply.kind === "replayed"
    ? answerStored(call, reply.runId, { "Idempotent-Replayed": "true" })
    : refuseStart(request, reply);
}

/**
 * Gives a new run its id, which names its shard.
 *
 * @param services - Settings, clock and randomness.
 * @param asked - The run, the client's idempotency key or null, and who asks.
 * @returns What to send to that shard.
 */
export function requestRun(
  services: ApiServices,
  asked: { readonly spec: RunSpec; readonly key: string | null; readonly actor: Actor },
): StartRequest {
  const { spec, key, actor } = asked;
  const { workflow, version, input, labels, rerunOf } = spec;
  const shard = chooseShard(services, key === null ? null : `${workflow}\n${key}`);
  // Tells bodies apart by what they say, however they are written. A start and a rerun with one key differ.
  const hashed: Json = rerunOf === null ? [input, version, labels] : [input, version, labels, rerunOf];
  return {
    type: "start",
    runId: createRunId(services.now(), shard, services.randomBytes(ID_BYTES)),
    workflow,
    version,
    input,
    labels,
    idempotency: key === null ? null : { key, requestHash: hexDigest(canonicalJson(hashed)) },
    rerunOf,
    actor,
  };
}

/** Starts with one key meet in one shard, where the second finds the run of the first; others are spread. */
function chooseShard(services: ApiServices, meetingPoint: string | null): number {
  const { shardCount } = services.settings;
  if (shardCount === 1) {
    return 0;
  }
  const bytes = meetingPoint === null ? services.randomBytes(SHARD_BYTES) : digest(meetingPoint);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % shardCount;
}

async function answerStored(
  call: MakeRunCall,
  runId: RunId,
  headers: Readonly<Record<string, string>>,
): Promise<Answer<StartedRunView> | Problem> {
  const { wait } = call.query;
  // Without a wait only a replay comes here; the shard answers at once then, over a connection that is open already.
  const result = await call.services.shards.waitForEnd(runId, wait ?? 0);
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  const run = result.value;
  if (run === null) {
    return problem("run_not_found", `there is no run ${runId} any more`);
  }
  const isDone = "Idempotent-Replayed" in headers || isRunEnded(run.status);
  return {
    kind: isDone ? "ok" : "accepted",
    body: wait === undefined ? viewRunSummary(run) : viewRunResult(run),
    headers: { ...locate(runId), ...headers },
  };
}

/**
 * Tells the client why a start made no run.
 *
 * @param request - The start.
 * @param reply - The shard's answer.
 * @returns The refusal.
 */
export function refuseStart(
  request: StartRequest,
  reply: Exclude<StartReply, { kind: "started" | "replayed" }>,
): Problem {
  const { workflow, version } = request;
  switch (reply.kind) {
    case "unknown_workflow":
      return problem("workflow_not_found", `there is no workflow ${workflow}; save it with POST /api/workflows`);
    case "workflow_disabled":
      return problem("workflow_disabled", `workflow ${workflow} was deleted; save its recipe again to enable it`);
    case "unknown_version":
      return problem(
        "version_not_found",
        `workflow ${workflow} has no version ${version}; the latest is ${reply.latestVersion}`,
      );
    case "idempotency_conflict":
      return problem(
        "idempotency_conflict",
        `this Idempotency-Key started run ${reply.runId} with another body; use a new key for a new run`,
        { members: { runId: reply.runId } },
      );
    case "invalid_input":
      return refuseInput(reply.issues);
  }
}

function locate(runId: RunId): Readonly<Record<string, string>> {
  return { Location: `/api/runs/${runId}` };
}
