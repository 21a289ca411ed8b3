import { z } from "@hono/zod-openapi";
import { Nothing, RunIdParam, StepKeyParam } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";
import { StepDetail } from "../runs/shapes.ts";

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
