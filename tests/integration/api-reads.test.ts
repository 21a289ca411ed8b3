import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { useStack } from "../stack/test-stack.ts";

const RUNS = 7;
const LARGE = "x".repeat(70_000);

const stack = useStack();

const page = z.object({
  items: z.array(z.looseObject({ id: z.string(), status: z.string() })),
  nextCursor: z.string().nullable(),
  searchedTo: z.string().nullable(),
});

let ids: readonly string[] = [];
let failedId = "";

beforeAll(async () => {
  await stack.api.save({
    name: "plain",
    labels: { kind: "plain" },
    steps: [{ id: "copy", type: "transform", with: "${{ input }}" }],
  });
  await stack.api.save({
    name: "failing",
    steps: [
      {
        id: "call",
        type: "http",
        with: { url: `${stack.demoUrl}/status/503` },
        retry: { attempts: 2, delay: "10ms", jitter: "none" },
      },
    ],
  });
  const started: string[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const { id } = await stack.api.start("plain", { input: { index }, labels: { team: index < 3 ? "a" : "b" } });
    started.push(id);
  }
  failedId = (await stack.api.start("failing")).id;
  ids = started;
  await stack.untilEnded([...ids, failedId]);
});

async function list(query: string): Promise<z.output<typeof page>> {
  const { status, body } = await stack.api.call("GET", `/api/runs${query}`);
  expect(status).toBe(200);
  return page.parse(body);
}

async function idsOf(query: string): Promise<readonly string[]> {
  return (await list(query)).items.map(({ id }) => id);
}

describe("the list of runs", () => {
  it("gives every run once over its pages, newest first", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: z.output<typeof page> = await list(`?limit=3${cursor === null ? "" : `&cursor=${cursor}`}`);
      seen.push(...next.items.map(({ id }) => id));
      cursor = next.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...ids, failedId].toSorted().toReversed());
  });

  it.each([
    ["0001-01-01", "0001-01-01T00:00:00.000Z"],
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"],
    ["9999-12-31T23:59:59.999999999Z", "9999-12-31"],
    ["1969-12-31T23:59:59%2B23:59", "1970-01-01T00:00:00-23:59"],
    ["2028-02-29", "2028-02-29T24:00:00Z"],
  ])("is given from %s to %s, and so are the logs", async (from, to) => {
    for (const path of ["/api/runs", "/api/audit"]) {
      const { status, body } = await stack.api.call("GET", `${path}?limit=200&from=${from}&to=${to}`);
      expect([path, status, body]).toMatchObject([path, 200, { items: expect.any(Array), nextCursor: null }]);
    }
  });

  it("carries no payloads", async () => {
    for (const item of (await list("")).items) {
      expect(Object.keys(item)).not.toContain("input");
      expect(Object.keys(item)).not.toContain("output");
    }
  });

  it("filters by status, workflow and label, all at once", async () => {
    expect(await idsOf("?status=FAILED&status=CANCELED")).toEqual([failedId]);
    expect(await idsOf("?workflow=failing")).toEqual([failedId]);
    expect(await idsOf("?label=team:a&workflow=plain")).toEqual(ids.slice(0, 3).toReversed());
    expect(await idsOf("?label=team:a&label=kind:plain&status=COMPLETED")).toHaveLength(3);
    expect(await idsOf("?label=team:a&status=FAILED")).toEqual([]);
  });

  it("filters by the instant of creation", async () => {
    const first = await stack.api.run(ids[0] ?? "");
    const from = encodeURIComponent(first.createdAt);
    expect(await idsOf(`?from=${from}`)).toHaveLength(RUNS + 1);
    expect(await idsOf(`?to=${from}`)).toEqual([]);
  });

  it("finds runs by id, by the beginning of an id, by label and by error", async () => {
    expect(await idsOf(`?q=${failedId}`)).toEqual([failedId]);
    expect(await idsOf(`?q=${failedId.slice(0, 20)}`)).toContain(failedId);
    expect(await idsOf("?q=TEAM")).toHaveLength(RUNS);
    expect(await idsOf("?q=503")).toEqual([failedId]);
    expect(await idsOf("?q=%25")).toEqual([]);
  });
});

describe("a search among many runs", () => {
  it("says how far it looked when it gave up, and goes on from there", async () => {
    const oldest = ids[0] ?? "";
    await stack.sql`update runs set labels = '{"needle":"in-the-hay"}' where id = ${oldest}`;
    await stack.sql`
      insert into runs select copy.* from generate_series(1, 10500) as number,
        lateral (select * from runs where id = ${failedId}) as pattern,
        lateral json_populate_record(pattern::runs, json_build_object(
          'id', 'ffffffff-ffff-7000-8000-' || lpad(to_hex(number), 12, '0'), 'labels', '{}'::json)) as copy`;
    const first = await list("?q=in-the-hay");
    expect(first).toMatchObject({ items: [], nextCursor: expect.any(String), searchedTo: expect.any(String) });
    const second = await list(`?q=in-the-hay&cursor=${first.nextCursor ?? ""}`);
    expect(second).toMatchObject({ items: [{ id: oldest }], nextCursor: null, searchedTo: null });
    await stack.sql`delete from runs where id >= 'ffffffff-ffff-7000-8000-000000000000'`;
  });
});

describe("a run", () => {
  it("shows a large payload cut, and the whole on demand", async () => {
    const { id } = await stack.api.start("plain", { input: { text: LARGE }, wait: "10s" });
    const run = await stack.api.run(id);
    expect(run.input).toMatchObject({ truncated: true, bytes: expect.any(Number), preview: expect.any(String) });
    expect(run.output).toMatchObject({ truncated: true });
    for (const part of ["input", "output"]) {
      expect((await stack.api.call("GET", `/api/runs/${id}/${part}`)).body).toEqual({ text: LARGE });
    }
  });

  it("is not sent again to a client that has its present revision", async () => {
    const path = `/api/runs/${failedId}`;
    const first = await stack.api.call("GET", path);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"\d+"$/);
    const again = await stack.api.call("GET", path, undefined, { "if-none-match": etag });
    expect(again).toMatchObject({ status: 304, body: null });
    await stack.api.operate(failedId, "retry");
    await stack.untilEnded([failedId]);
    expect((await stack.api.call("GET", path, undefined, { "if-none-match": etag })).status).toBe(200);
  });

  it("gives of a step what it got, what it gave, and each attempt", async () => {
    const step = await stack.api.step(failedId, "call");
    expect(step).toMatchObject({ status: "FAILED", input: { url: `${stack.demoUrl}/status/503` }, output: null });
    expect(step.attempts.slice(0, 2)).toMatchObject([
      { attempt: 1, status: "FAILED", error: { code: "http_status", http: { status: 503 } }, retryDelayMs: 10 },
      { attempt: 2, status: "FAILED", error: { code: "http_status" } },
    ]);
    const copy = await stack.api.step(ids[0] ?? "", "copy");
    expect(copy).toMatchObject({ output: { index: 0 }, attempts: [{ attempt: 1, status: "COMPLETED", error: null }] });
  });
});
