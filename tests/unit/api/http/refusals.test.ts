import { describe, expect, it } from "vitest";
import { createApi } from "../../../../src/api/app.ts";
import { API_KEY, AWAY_DATABASE, type Sent, send } from "../fake-services.ts";

const RUN = "/api/runs/01a205a6-8330-7001-ab60-5b1c615bad59";
const START = "/api/workflows/demo/runs";

const REFUSALS: readonly (readonly [string, Sent, number, string])[] = [
  ["no key", { path: "/api/runs", headers: { Authorization: "" } }, 401, "unauthorized"],
  ["no key, asked whose it is", { path: "/api/me", headers: { Authorization: "" } }, 401, "unauthorized"],
  ["another key", { path: "/api/runs", headers: { Authorization: "Bearer nope" } }, 401, "unauthorized"],
  ["no key at a path that is not there", { path: "/api/nope", headers: { Authorization: "" } }, 401, "unauthorized"],
  ["a path that is not there", { path: "/api/nope" }, 404, "not_found"],
  ["a run id that cannot be", { path: "/api/runs/1" }, 404, "not_found"],
  ["a workflow name that cannot be", { path: "/api/workflows/Bad%20Name" }, 404, "not_found"],
  ["a step key that cannot be", { path: `${RUN}/steps/a%00b` }, 404, "not_found"],
  ["a method that is not there", { method: "PUT", path: "/api/runs" }, 405, "method_not_allowed"],
  ["an unknown parameter", { path: "/api/runs?statuz=FAILED" }, 400, "invalid_request"],
  ["an unknown status", { path: "/api/runs?status=DONE" }, 400, "invalid_request"],
  ["a parameter twice that is no list", { path: "/api/runs?limit=1&limit=2" }, 400, "invalid_request"],
  ["a page that is too long", { path: "/api/runs?limit=201" }, 400, "invalid_request"],
  ["a limit that is no number", { path: "/api/runs?limit=0x10" }, 400, "invalid_request"],
  ["a cursor of its own making", { path: "/api/runs?cursor=abc" }, 400, "invalid_request"],
  ["a label filter without a value", { path: "/api/runs?label=team" }, 400, "invalid_request"],
  ["a NUL in a search", { path: "/api/runs?q=%00" }, 400, "invalid_request"],
  ["an instant without a time zone", { path: "/api/runs?from=2026-07-01T12:00" }, 400, "invalid_request"],
  ["a wait without a unit", { method: "POST", path: `${START}?wait=10` }, 400, "invalid_request"],
  ["an unknown field", { method: "POST", path: START, body: '{"inputs":1}' }, 400, "invalid_request"],
  ["a body of another type", { method: "POST", path: START, body: "[]" }, 400, "invalid_request"],
  ["a version that is none", { method: "POST", path: START, body: '{"version":"1"}' }, 400, "invalid_request"],
  [
    "a label's name with a space",
    { method: "POST", path: START, body: '{"labels":{"a b":"c"}}' },
    400,
    "invalid_request",
  ],
  ["a label that is no text", { method: "POST", path: START, body: '{"labels":{"a":1}}' }, 400, "invalid_request"],
  ["a body that is no JSON", { method: "POST", path: START, body: "{" }, 400, "malformed_body"],
  ["a NUL in the input", { method: "POST", path: START, body: String.raw`{"input":"\u0000"}` }, 400, "malformed_body"],
  ["too much input", { method: "POST", path: START, body: `"${"x".repeat(300_000)}"` }, 413, "body_too_large"],
  [
    "a form",
    { method: "POST", path: START, body: "a=b", headers: { "Content-Type": "application/x-www-form-urlencoded" } },
    415,
    "unsupported_media_type",
  ],
  [
    "a recipe as plain text",
    { method: "POST", path: "/api/workflows", body: "name: a", headers: { "Content-Type": "text/plain" } },
    415,
    "unsupported_media_type",
  ],
  ["a recipe without steps", { method: "POST", path: "/api/workflows", body: '{"name":"a"}' }, 422, "invalid_recipe"],
  [
    "an idempotency key that is too long",
    { method: "POST", path: START, headers: { "Idempotency-Key": "k".repeat(256) } },
    400,
    "invalid_request",
  ],
  ["a database that is away", { path: "/api/runs" }, 503, "unavailable"],
  ["a shard that is away", { method: "POST", path: START }, 503, "unavailable"],
  ["a shard that is away, asked to cancel", { method: "POST", path: `${RUN}/cancel` }, 503, "unavailable"],
];

describe("a request", () => {
  it.each(REFUSALS)("with %s is answered with one clear problem", async (_, sent, status, code) => {
    const answer = await send(sent);
    expect(answer.body).toMatchObject({
      status,
      code,
      detail: expect.stringMatching(/.{10,}/),
      title: expect.any(String),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(answer.headers.get("X-Request-Id")).toMatch(/.{8,}/);
  });

  it("is refused with every problem of its query at once", async () => {
    const { body } = await send({ path: "/api/runs?status=X&limit=0&foo=1" });
    expect(body).toMatchObject({ issues: [{ path: "/status/0" }, { path: "/limit" }, { path: "/foo" }] });
  });

  it.each(["[]", '"text"', "1", "null"])("whose body is %s is told that it is about the body", async (sent) => {
    const { body } = await send({ method: "POST", path: START, body: sent });
    expect(body).toMatchObject({
      detail: expect.stringMatching(/^the body: /),
      issues: [{ path: "", message: expect.stringMatching(/^the body: /) }],
    });
  });

  it("with a method that is not there is told which are", async () => {
    const { headers } = await send({ method: "DELETE", path: "/api/workflows" });
    expect(headers.get("Allow")).toBe("GET, POST");
  });

  it("that may work in a moment is told when to come back", async () => {
    const { headers } = await send({ path: "/api/runs" });
    expect(headers.get("Retry-After")).toMatch(/^\d+$/);
  });

  it("keeps the id that its client gave it, and gets a new one in place of a strange one", async () => {
    const kept = await send({ path: "/api/health", headers: { "X-Request-Id": "my-id.1" } });
    const replaced = await send({ path: "/api/health", headers: { "X-Request-Id": "a b\tc" } });
    expect(kept.headers.get("X-Request-Id")).toBe("my-id.1");
    expect(replaced.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("that meets a fault of ours is told nothing but the id of its log line", async () => {
    const { status, body } = await send(
      { path: "/api/runs" },
      {
        database: {
          ...AWAY_DATABASE,
          runs: {
            ...AWAY_DATABASE.runs,
            list: async () => {
              throw new TypeError("select secret from somewhere");
            },
          },
        },
      },
    );
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("secret");
  });
});

describe("health", () => {
  it("answers without a key, and tells nothing of the parts", async () => {
    expect((await send({ path: "/api/health", headers: { Authorization: "" } })).body).toEqual({ status: "ok" });
  });

  it("says with a key which parts are away", async () => {
    const { status, body } = await send({ path: "/api/health" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "degraded",
      postgres: "unavailable",
      redis: "unavailable",
      faults: [
        { part: "postgres", meaning: expect.stringContaining("go on by themselves") },
        { part: "shards 0, 1, 2, 3" },
      ],
    });
  });
});

describe("a deployment without its variables", () => {
  it("names them in every answer", async () => {
    const api = createApi(() => [{ variable: "BATON_API_KEY", message: "BATON_API_KEY is not set" }]);
    const response = await api.request("http://baton.test/api/health", {
      headers: { Authorization: `Bearer ${API_KEY}` },
    });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: "misconfigured", issues: [{ path: "BATON_API_KEY" }] });
  });
});
