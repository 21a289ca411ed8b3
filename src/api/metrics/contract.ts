import { z } from "@hono/zod-openapi";
import { Nothing } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

/** `GET /api/metrics` */
export const getMetrics = defineOperation({
  id: "getMetrics",
  method: "get",
  path: "/api/metrics",
  role: "viewer",
  summary: "Get metrics for Prometheus",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: z.string(),
  mediaType: "text/plain",
  successes: { ok: "Prometheus text. Counters begin at 0 when their shard wakes." },
  problems: [],
});
