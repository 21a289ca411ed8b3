import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ApiClient } from "../stack/api-client.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack({
  workerVars: { CORS_ORIGINS: "https://board.example", ALLOW_FILE_ORIGIN: "1", BEHIND_CLOUDFLARE: "1" },
});

const newKey = z.object({ key: z.string() });

beforeAll(() => stack.api.save({ name: "plain", steps: [{ id: "copy", type: "transform", with: 1 }] }));

async function createKey(name: string, role: string): Promise<{ readonly key: string; readonly api: ApiClient }> {
  const { status, body } = await stack.api.call("POST", "/api/keys", { name, role });
  expect(status).toBe(201);
  const { key } = newKey.parse(body);
  return { key, api: new ApiClient(stack.stack.info.url, key) };
}

describe("a key", () => {
  it("may do what its role may do, and no more", async () => {
    const { api: viewer } = await createKey("viewer-1", "viewer");
    const { api: operator } = await createKey("operator-1", "operator");
    expect((await viewer.call("GET", "/api/runs")).status).toBe(200);
    expect((await viewer.tryStart("plain")).body).toMatchObject({ status: 403, code: "forbidden" });
    expect((await operator.tryStart("plain")).status).toBe(202);
    expect((await operator.call("GET", "/api/keys")).status).toBe(403);
    expect((await operator.call("DELETE", "/api/workflows/plain")).status).toBe(403);
  });

  it("learns its own name and role, whatever the role", async () => {
    const { api: viewer } = await createKey("viewer-2", "viewer");
    expect((await viewer.call("GET", "/api/me")).body).toEqual({ name: "viewer-2", role: "viewer" });
    expect((await stack.api.call("GET", "/api/me")).body).toEqual({ name: "bootstrap", role: "admin" });
  });

  it("is stored as its hash alone, and listed without it", async () => {
    const { key, api } = await createKey("hidden", "viewer");
    await api.call("GET", "/api/runs");
    const { body } = await stack.api.call("GET", "/api/keys");
    const listed = JSON.stringify(body);
    expect(listed).not.toContain(key);
    expect(body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ name: "hidden", prefix: key.slice(0, 10), lastUsedAt: expect.any(String) }),
      ]),
    });
    const rows = await stack.sql`select * from api_keys`;
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it("names its owner in the events of what was done with it", async () => {
    const { api } = await createKey("alice", "operator");
    const { id } = await api.start("plain");
    const [created] = await stack.api.events(id);
    expect(created).toMatchObject({ type: "RUN_CREATED", actor: "key:alice" });
    const { body } = await stack.api.call("GET", "/api/audit/operators?limit=1");
    expect(body).toMatchObject({ items: [{ type: "KEY_CREATED", subject: "alice", actor: "key:bootstrap" }] });
  });

  it("that is revoked opens nothing, and its name is never given again", async () => {
    const { api } = await createKey("bob", "operator");
    const revoked = await stack.api.call("DELETE", "/api/keys/bob");
    expect(revoked.body).toMatchObject({ name: "bob", revokedAt: expect.any(String) });
    expect((await api.call("GET", "/api/runs")).status).toBe(401);
    const again = await stack.api.call("POST", "/api/keys", { name: "bob", role: "admin" });
    expect(again.body).toMatchObject({ status: 409, code: "key_exists" });
  });

  it("that is wrong too often is told to wait, where Cloudflare says from where it came", async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 25; attempt += 1) {
      const guesser = new ApiClient(stack.stack.info.url, `baton_${String(attempt).padStart(32, "x")}`);
      const answer = await guesser.call("GET", "/api/runs", undefined, { "cf-connecting-ip": "203.0.113.7" });
      statuses.push(answer.status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    const { api } = await createKey("same-address", "viewer");
    const right = await api.call("GET", "/api/runs", undefined, { "cf-connecting-ip": "203.0.113.7" });
    expect(right.status).toBe(200);
  });
});

describe("a page of another origin", () => {
  it.each(["https://board.example", "null"])("may read when it is %s", async (origin) => {
    const answer = await stack.api.call("GET", "/api/runs", undefined, { origin });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    const preflight = await stack.api.call("OPTIONS", "/api/runs", undefined, {
      origin,
      authorization: "",
      "access-control-request-method": "POST",
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
  });

  it("may not when it is not listed", async () => {
    const answer = await stack.api.call("GET", "/api/runs", undefined, { origin: "https://evil.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("metrics", () => {
  it("are Prometheus text: every name is explained once, typed, and named for its unit", async () => {
    await stack.api.runToEnd("plain");
    const { body, headers } = await stack.api.call("GET", "/api/metrics");
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = z.string().parse(body).trimEnd().split("\n");
    const types = new Map<string, string>();
    for (const line of lines.filter((text) => text.startsWith("# TYPE "))) {
      const [, , name = "", type = ""] = line.split(" ");
      expect(types.has(name)).toBe(false);
      types.set(name, type);
    }
    const samples = lines.filter((line) => !line.startsWith("#"));
    for (const sample of samples) {
      expect(sample).toMatch(/^[a-z_]+(\{([a-z]+="[^"]*",?)*\})? (\d+(\.\d+)?(e-?\d+)?|\+Inf)$/);
      const name = (sample.split(/[{ ]/)[0] ?? "").replace(/_(bucket|sum|count)$/, "");
      expect(types.has(name), name).toBe(true);
    }
    for (const [name, type] of types) {
      expect(name.endsWith("_total")).toBe(type === "counter");
    }
    expect(body).toMatch(/^baton_runs_ended_total\{shard="0",workflow="plain",status="COMPLETED"\} [1-9]\d*$/m);
    expect(samples).toContain("baton_postgres_up 1");
  });
});
