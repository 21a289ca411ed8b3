import { beforeAll, describe, expect, it } from "vitest";
import { useStack } from "../stack/test-stack.ts";
import { ContractChecker } from "./api/contract-checker.ts";

const stack = useStack();

let api: ContractChecker;

beforeAll(async () => {
  api = await ContractChecker.read(stack);
});

function idOf(body: unknown): string {
  return String(Reflect.get(Object(body), "id"));
}

const RECIPE = { name: "contract", steps: [{ id: "copy", type: "transform", with: "${{ input }}" }] };

describe("every answer", () => {
  it("has a status, a media type and a shape that the OpenAPI document promises; each success occurs", async () => {
    // Workflows.
    await api.call({ method: "POST", path: "/api/workflows/validate", body: RECIPE });
    await api.call({ method: "POST", path: "/api/workflows/validate", body: { name: "x" } });
    await api.call({ method: "POST", path: "/api/workflows", body: RECIPE });
    await api.call({ method: "POST", path: "/api/workflows", body: RECIPE });
    await api.call({ method: "POST", path: "/api/workflows", body: { name: "x" } });
    await api.call({ path: "/api/workflows" });
    await api.call({ path: "/api/workflows/contract" });
    await api.call({ path: "/api/workflows/contract/versions" });
    await api.call({ path: "/api/workflows/contract/versions/1" });
    await api.call({ path: "/api/workflows/nowhere" });

    // Runs, from start to end.
    await api.call({
      method: "POST",
      path: "/api/workflows",
      body: {
        name: "fails",
        steps: [{ id: "call", type: "http", with: { url: `${stack.demoUrl}/status/404` } }],
      },
    });
    await api.call({
      method: "POST",
      path: "/api/workflows",
      body: { name: "waits", steps: [{ id: "call", type: "http", with: { url: `${stack.demoUrl}/slow?ms=8000` } }] },
    });
    const start = { method: "POST", path: "/api/workflows/contract/runs", body: { input: { n: 1 } } };
    const key = { "idempotency-key": "one" };
    const started = await api.call({ ...start, headers: key });
    await api.call({ ...start, path: `${start.path}?wait=10s`, headers: key });
    await api.call({ ...start, body: { input: 2 }, headers: key });
    const run = `/api/runs/${idOf(started.body)}`;
    const { headers } = await api.call({ path: run });
    await api.call({ path: run, headers: { "if-none-match": headers.get("etag") ?? "" } });
    for (const part of ["/input", "/output", "/steps/copy", "/steps/nope", "/events", "/verify", "/export", "/why"]) {
      await api.call({ path: `${run}${part}` });
    }
    for (const query of ["", "?status=COMPLETED&limit=1", "?parent=copy", "?parent=nope"]) {
      await api.call({ path: `${run}/steps${query}` });
    }
    const ended = { accept: "text/event-stream", "last-event-id": "999" };
    await api.call({ path: `${run}/events`, headers: ended });
    await api.call({ path: "/api/runs/01a205a6-8330-7001-ab60-5b1c615bad59" });

    // Operators.
    const waiting = idOf((await api.call({ method: "POST", path: "/api/workflows/waits/runs" })).body);
    for (const operation of ["pause", "resume", "cancel", "cancel"]) {
      await api.call({ method: "POST", path: `/api/runs/${waiting}/${operation}` });
    }
    await api.call({ path: `/api/runs/${waiting}/why` });
    await api.call({ method: "POST", path: `/api/runs/${waiting}/signals/decision`, body: { approved: true } });
    await api.call({
      method: "POST",
      path: "/api/workflows",
      body: {
        name: "asks",
        steps: [
          {
            id: "each",
            type: "foreach",
            with: { items: [1, 2], steps: [{ id: "ask", type: "wait", with: { signal: "decision", timeout: "1h" } }] },
          },
          { id: "pause", type: "wait", with: { for: "1h" } },
        ],
      },
    });
    const asking = `/api/runs/${idOf((await api.call({ method: "POST", path: "/api/workflows/asks/runs?wait=2s" })).body)}`;
    for (const part of [
      "",
      "/steps",
      "/steps?parent=each",
      "/steps?parent=each[0]",
      "/steps/each[0]",
      "/why",
      "/events",
    ]) {
      await api.call({ path: `${asking}${part}` });
    }
    const decision = { method: "POST", path: `${asking}/signals/decision`, body: { approved: true } };
    await api.call({ ...decision, headers: key });
    await api.call({ ...decision, headers: key });
    await api.call({ ...decision, path: `${asking}/signals/other` });
    await api.call({ path: `${asking}/steps/each[0].ask` });
    const failed = await api.call({ method: "POST", path: "/api/workflows/fails/runs?wait=10s" });
    const failedRun = `/api/runs/${idOf(failed.body)}`;
    await api.call({ path: failedRun });
    await api.call({ path: `${failedRun}/steps/call` });
    await api.call({ path: `${failedRun}/why` });
    await api.call({ method: "POST", path: `${failedRun}/retry` });
    await api.call({ method: "POST", path: `${run}/rerun` });
    await api.call({ method: "POST", path: `${run}/rerun?wait=10s` });
    await api.call({
      method: "POST",
      path: "/api/runs/bulk",
      body: { action: "cancel", ids: [waiting], expectedCount: 1 },
    });
    await api.call({
      method: "POST",
      path: "/api/runs/bulk",
      body: { action: "cancel", ids: [waiting], expectedCount: 2 },
    });

    // Everything at once.
    for (const path of ["/api/runs?limit=2", "/api/runs?q=zzz", "/api/stats", "/api/audit", "/api/audit/operators"]) {
      await api.call({ path });
    }
    for (const path of ["/api/health", "/api/metrics", "/api/docs", "/api/schema/workflow", "/api/openapi.json"]) {
      await api.call({ path });
    }
    await api.call({ path: "/api/health", headers: { authorization: "" } });

    // Keys.
    await api.call({ method: "POST", path: "/api/keys", body: { name: "reader", role: "viewer" } });
    await api.call({ method: "POST", path: "/api/keys", body: { name: "reader", role: "viewer" } });
    await api.call({ path: "/api/keys" });
    await api.call({ path: "/api/me" });
    await api.call({ method: "DELETE", path: "/api/keys/reader" });
    await api.call({ method: "DELETE", path: "/api/keys/nobody" });
    await api.call({ method: "DELETE", path: "/api/workflows/contract" });
    await api.call({ ...start });

    expect(api.faults).toEqual([]);
    expect(api.unseenSuccesses()).toEqual(["streamRuns 200"]);
  });
});

describe("the reference page", () => {
  it("needs no key, runs no script, and names every operation and every problem", async () => {
    const response = await fetch(`${stack.stack.info.url}/api/docs`);
    const page = await response.text();
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page).not.toMatch(/<script|javascript:| on\w+=/);
    for (const text of ['id="startRun"', 'id="bulkRuns"', 'id="problem-run_state_conflict"', 'id="shape-Run"']) {
      expect(page).toContain(text);
    }
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, name]) => name ?? "");
    expect(anchors.filter((name) => !page.includes(`id="${name}"`))).toEqual([]);
  });
});
