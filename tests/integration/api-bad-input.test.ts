import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { useStack } from "../stack/test-stack.ts";
import { BAD_REQUESTS, type BadRequest } from "./api/bad-input.ts";

const stack = useStack();

const TABLES = ["runs", "steps", "events", "workflows", "workflow_versions", "api_keys", "operator_events"];

const problem = z.object({
  type: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(10),
  code: z.string().regex(/^[a-z_]+$/),
  requestId: z.string().min(1),
});

beforeAll(() => stack.api.save({ name: "plain", steps: [{ id: "copy", type: "transform", with: 1 }] }));

async function countRows(): Promise<Readonly<Record<string, number>>> {
  const counts = await Promise.all(
    TABLES.map(async (table) => {
      const [row] = await stack.sql<{ count: number }[]>`select count(*)::int as count from ${stack.sql(table)}`;
      return [table, row?.count ?? -1] as const;
    }),
  );
  return Object.fromEntries(counts);
}

/** What is wrong with the answer to a bad request; null: nothing. */
async function complaintAbout(bad: BadRequest): Promise<string | null> {
  const { url, apiKey } = stack.stack.info;
  const response = await fetch(`${url}${bad.path}`, {
    method: bad.method,
    headers: { authorization: `Bearer ${apiKey}`, ...bad.headers },
    signal: AbortSignal.timeout(10_000),
    ...(bad.body === undefined ? {} : { body: bad.body }),
  });
  const text = await response.text();
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  const parsed = problem.safeParse(isProblem ? JSON.parse(text) : null);
  if (!bad.statuses.includes(response.status) || !parsed.success || parsed.data.status !== response.status) {
    return `${bad.what}: ${response.status} ${text.slice(0, 200)}`;
  }
  return null;
}

describe("bad input", () => {
  it("comes in more than 300 kinds", () => {
    expect(BAD_REQUESTS.length).toBeGreaterThan(300);
  });

  it("is refused with one clear problem each, and nothing is stored", async () => {
    const before = await countRows();
    const complaints: string[] = [];
    for (const bad of BAD_REQUESTS) {
      const complaint = await complaintAbout(bad);
      if (complaint !== null) complaints.push(complaint);
    }
    expect(complaints).toEqual([]);
    expect(await countRows()).toEqual(before);
  });

  it("of 5 MB is answered, not cut off, whatever is wrong with it", async () => {
    const { url, apiKey } = stack.stack.info;
    const body = `{"input":"${"x".repeat(5_000_000)}"}`;
    const right = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const sent: readonly (readonly [number, string, Readonly<Record<string, string>>])[] = [
      [413, "/api/workflows/plain/runs", right],
      [413, "/api/workflows", right],
      [413, "/api/keys", right],
      [401, "/api/workflows/plain/runs", { "content-type": "application/json" }],
      [415, "/api/workflows", { authorization: `Bearer ${apiKey}`, "content-type": "text/plain" }],
      [404, "/api/nowhere", right],
      [405, "/api/runs", right],
    ];
    for (const [status, path, headers] of sent) {
      const announced = await fetch(`${url}${path}`, { method: "POST", headers, body });
      expect([path, announced.status, await announced.json()]).toMatchObject([path, status, { status }]);
      const streamed = { method: "POST", headers, body: new Blob([body]).stream(), duplex: "half" } as const;
      const answered = await fetch(`${url}${path}`, streamed);
      expect([path, answered.status]).toEqual([path, status]);
      await answered.body?.cancel();
    }
  });

  it("of 200 headers, or of 16 KiB in one, is answered, and the next request too", async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-h-${index}`, "v"]));
    for (const headers of [many, { "x-long": "v".repeat(16 * 1024) }]) {
      const status = await stack.api.call("GET", "/api/runs", undefined, headers).then(
        (answer) => answer.status,
        () => 431,
      );
      expect([200, 400, 431]).toContain(status);
    }
    expect((await stack.api.call("GET", "/api/runs")).status).toBe(200);
  });
});
