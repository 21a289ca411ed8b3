import { z } from "@hono/zod-openapi";
import { Nothing, RunIdParam, StepKeyParam } from "./common.ts";
import { defineOperation } from "./operation.ts";
import { StepDetail } from "./run-shapes.ts";

/** `GET /api/runs/{id}/steps/{key}` */
export const getStep = defineOperation({
  id: "getStep",
  method: "get",
  path: "/api/runs/{id}/steps/{key}",
  role: "viewer",
  summary: "Get a step with its input, output and attempts",
  params: z.strictObject({ id: RunIdParam, key: StepKeyParam }),
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: StepDetail,
  successes: { ok: "The step." },
  problems: ["run_not_found", "step_not_found"],
});
