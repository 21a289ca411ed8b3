import type { z } from "@hono/zod-openapi";
import { canonicalJson } from "../../../domain/audit/chain.ts";
import { createRunId, type RunId } from "../../../domain/ids.ts";
import type { Json } from "../../../domain/json.ts";
import { isRunEnded } from "../../../domain/run/transitions.ts";
import type { StartReply, StartRequest } from "../../../ledger/request.ts";
import type { Answer } from "../answer.ts";
import type { Call } from "../call.ts";
import type { StartedRun } from "../contract/run-shapes.ts";
import { startRun } from "../contract/runs.ts";
import { digest, toHex } from "../digest.ts";
import { problem, type Problem } from "../problem.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import type { ApiServices } from "../services.ts";
import { refuseUnanswered } from "../shard-refusal.ts";
import { summaryOf, viewRunResult, viewRunSummary } from "../views/run-view.ts";

type StartedRunView = z.output<typeof StartedRun>;
type StartCall = Call<z.output<typeof startRun.params>, z.output<typeof startRun.query>, StartBody | undefined>;

interface StartBody {
  readonly input?: Json | undefined;
  readonly version?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Bytes of a run id that are random, and bytes that choose a shard. */
const ID_BYTES = 8;
const SHARD_BYTES = 4;

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** Starting runs. */
export const startRunOperations: readonly ServedOperation[] = [serveOperation(startRun, start)];

async function start(call: StartCall): Promise<Answer<StartedRunView> | Problem> {
  const request = await readStart(call);
  if ("kind" in request) {
    return request;
  }
  const result = await call.services.shards.start(request);
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  const reply = result.value;
  if (reply.kind === "started" && call.query.wait === undefined) {
    const { run, labels } = reply;
    return { kind: "accepted", body: viewRunSummary(summaryOf(run, labels)), headers: locate(run.id) };
  }
  if (reply.kind === "started") {
    return answerStored(call, reply.run.id, {});
  }
  return reply.kind === "replayed"
    ? answerStored(call, reply.runId, { "Idempotent-Replayed": "true" })
    : refuseStart(request, reply);
}

async function readStart(call: StartCall): Promise<StartRequest | Problem> {
  const { services, params } = call;
  const { input = {}, version = null, labels = {} } = call.body ?? {};
  const key = call.headers.get("Idempotency-Key");
  if (key !== null && !IDEMPOTENCY_KEY.test(key)) {
    const message = "`Idempotency-Key` has 1 to 255 characters of printable ASCII";
    const issues = [{ path: "Idempotency-Key", code: "invalid_header", message }];
    return problem("invalid_request", message, { issues });
  }
  const shard = await chooseShard(services, key === null ? null : `${params.name}\n${key}`);
  const idempotency = key === null ? null : { key, requestHash: await hashRequest([input, version, labels]) };
  return {
    type: "start",
    runId: createRunId(services.now(), shard, services.randomBytes(ID_BYTES)),
    workflow: params.name,
    version,
    input,
    labels,
    idempotency,
    rerunOf: null,
    actor: call.actor ?? "system",
  };
}

/** Tells bodies apart by what they say, however it is written. */
async function hashRequest(request: Json): Promise<string> {
  return toHex(await digest(canonicalJson(request)));
}

/** Starts with one key meet in one shard, where the second finds the run of the first; others are spread. */
async function chooseShard(services: ApiServices, meetingPoint: string | null): Promise<number> {
  const { shardCount } = services.settings;
  if (shardCount === 1) {
    return 0;
  }
  const bytes = meetingPoint === null ? services.randomBytes(SHARD_BYTES) : await digest(meetingPoint);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % shardCount;
}

async function answerStored(
  call: StartCall,
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

function refuseStart(request: StartRequest, reply: Exclude<StartReply, { kind: "started" | "replayed" }>): Problem {
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
      return problem("invalid_input", "the input does not match the workflow's schema; see `issues`", {
        issues: reply.issues.map(({ path, message }) => ({ path: `/input${path}`, code: "invalid_input", message })),
      });
  }
}

function locate(runId: RunId): Readonly<Record<string, string>> {
  return { Location: `/api/runs/${runId}` };
}
