import { beforeAll, describe, expect, it } from "vitest";
import { shardOfRun } from "../../src/domain/ids.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const SHARDS = 4;

const stack = useStack({ workerVars: { SHARDS: String(SHARDS) } });

beforeAll(() =>
  stack.api.save({
    name: "counting",
    steps: [
      { id: "call", type: "http", with: { url: `${stack.demoUrl}/echo` } },
      { id: "after", type: "transform", with: "${{ input }}" },
    ],
  }),
);

describe("starts with an idempotency key", () => {
  it("the same key and body give the same run", async () => {
    const options = { idempotencyKey: "same", input: { a: 1, b: 2 } };
    const first = await stack.api.tryStart("counting", options);
    const again = await stack.api.tryStart("counting", { ...options, input: { b: 2, a: 1 } });
    expect(first).toMatchObject({ status: 202 });
    expect(again).toMatchObject({ status: 200, body: { id: Reflect.get(Object(first.body), "id") } });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("the same key with another body is refused and makes no run", async () => {
    await stack.api.start("counting", { idempotencyKey: "other", input: 1 });
    const refused = await stack.api.tryStart("counting", { idempotencyKey: "other", input: 2 });
    expect(refused).toMatchObject({ status: 409, body: { code: "idempotency_conflict" } });
    const rows = await stack.sql`select 1 from runs where idempotency_key = 'other'`;
    expect(rows).toHaveLength(1);
  });

  it("20 starts at the same time with one key make one run", async () => {
    const starts = Array.from({ length: 20 }, () =>
      stack.api.start("counting", { idempotencyKey: "twenty", input: 20 }),
    );
    const ids = new Set((await Promise.all(starts)).map(({ id }) => id));
    expect(ids.size).toBe(1);
    const rows = await stack.sql`select 1 from runs where idempotency_key = 'twenty'`;
    expect(rows).toHaveLength(1);
  });
});

describe("several shards", () => {
  it("100 runs spread over 4 shards, and all end right", async () => {
    const inputs = Array.from({ length: 100 }, (_, index) => index);
    await Promise.all(inputs.map((input) => stack.api.start("counting", { input })));
    const rows = await stack.sql<{ id: string }[]>`select id from runs`;
    const ids = rows.map(({ id }) => id);
    await stack.untilEnded(ids);
    const runs = await expectSoundRuns(stack, ids);
    expect(new Set(runs.map(({ run }) => shardOfRun(run.id))).size).toBe(SHARDS);
    expect(new Set(runs.map(({ run }) => run.status))).toEqual(new Set(["COMPLETED"]));
  });
});
