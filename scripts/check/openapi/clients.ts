/** A program that calls the API through a generated client, as strict TypeScript. It is compiled, never run. */
export interface ClientProgram {
  /** The file it stands in, beside what the generators wrote. */
  readonly file: string;
  readonly text: string;
}

/** What the programs do: save, start, page through lists and logs, read what any JSON may be in, ask for health without a key. */
export const CLIENT_PROGRAMS: readonly ClientProgram[] = [
  {
    file: "openapi-fetch-client.ts",
    text: `
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi-typescript.ts";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8787", headers: { Authorization: "Bearer key" } });

export async function runHello(): Promise<components["schemas"]["Run"]> {
  await client.POST("/api/workflows", { body: { name: "hello", steps: [{ id: "one", type: "transform", with: 1 }] } });
  const started = await client.POST("/api/workflows/{name}/runs", {
    params: { path: { name: "hello" }, query: { wait: "10s" }, header: { "Idempotency-Key": "one" } },
    body: { input: { any: ["json", 1, null] }, labels: { team: "a" } },
  });
  if (started.data === undefined) {
    throw new Error(started.error.detail);
  }
  const found = await client.GET("/api/runs/{id}", { params: { path: { id: started.data.id } } });
  if (found.data === undefined) {
    throw new Error(found.error?.code);
  }
  const output: unknown = found.data.output;
  console.log(output, found.data.steps[0]?.status === "COMPLETED");
  return found.data;
}

export async function countEvents(id: string): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await client.GET("/api/runs/{id}/events", {
      params: { path: { id }, query: after === undefined ? {} : { after } },
    });
    if (page.data === undefined || typeof page.data === "string") {
      throw new Error("no page");
    }
    count += page.data.items.length;
    after = page.data.nextCursor ?? undefined;
  } while (after !== undefined);
  return count;
}

export async function listFailed(): Promise<readonly string[]> {
  const { data } = await client.GET("/api/runs", { params: { query: { status: ["FAILED"], limit: 10 } } });
  return (data?.items ?? []).map(({ id, error }) => id + (error?.message ?? ""));
}
`,
  },
  {
    file: "oazapfts-client.ts",
    text: `
import * as api from "./oazapfts.ts";

api.defaults.headers = { Authorization: "Bearer key" };

export async function runHello(): Promise<api.Run> {
  await api.saveWorkflow({ name: "hello", steps: [{ id: "one", type: "transform", with: 1 }] });
  const body = { input: { any: ["json", 1, null] }, labels: { team: "a" } };
  const started = await api.startRun("hello", body, { wait: "10s", idempotencyKey: "one" });
  if (started.status !== 202 && started.status !== 200) {
    throw new Error(started.data.detail);
  }
  const found = await api.getRun(started.data.id);
  if (found.status !== 200) {
    throw new Error("no run");
  }
  const output: unknown = found.data.output;
  console.log(output, found.data.steps[0]?.status === "COMPLETED");
  return found.data;
}

export async function countEvents(id: string): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await api.listEvents(id, after === undefined ? {} : { after });
    if (page.status !== 200) {
      throw new Error("no page");
    }
    count += page.data.items.length;
    after = page.data.nextCursor ?? undefined;
  } while (after !== undefined);
  return count;
}

export async function isWell(): Promise<boolean> {
  const health = await api.getHealth();
  return health.status === 200 && health.data.status === "ok";
}
`,
  },
];
