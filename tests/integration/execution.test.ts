import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { forgetDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeEach(() => forgetDemoCalls(stack.demoUrl));

function transform(id: string, value: JsonObject | string | number, more: JsonObject = {}): JsonObject {
  return { id, type: "transform", with: value, ...more };
}

describe("the order of steps", () => {
  it("steps without `needs` run one after another as written, each with what the one before gave", async () => {
    await stack.api.save({
      name: "in-order",
      steps: [
        transform("one", 1),
        transform("two", "${{ steps.one + 1 }}"),
        transform("three", "${{ steps.two + 1 }}"),
      ],
    });
    const run = await stack.api.runToEnd("in-order");
    expect(run).toMatchObject({ status: "COMPLETED", output: 3, attempts: 3, counts: { total: 3, completed: 3 } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("branches run at the same time, and their join begins once, after the last of them", async () => {
    const branches = ["a", "b", "c"].map((id, index) => ({
      id,
      needs: ["first"],
      type: "http",
      with: { url: `${stack.demoUrl}/slow?ms=${500 + index * 100}` },
    }));
    await stack.api.save({
      name: "fan-out",
      steps: [
        transform("first", 1),
        ...branches,
        transform("join", ["a", "b", "c"].map((id) => `\${{ steps.${id}.body.ms }}`).join(","), {
          needs: ["a", "b", "c"],
        }),
      ],
    });
    const run = await stack.api.runToEnd("fan-out");
    expect(run).toMatchObject({ status: "COMPLETED", output: "500,600,700", attempts: 5 });
    const join = run.steps.find(({ key }) => key === "join");
    const ran = run.steps.filter(({ key }) => ["a", "b", "c"].includes(key));
    const begins = ran.map(({ startedAt }) => startedAt ?? "").toSorted();
    const ends = ran.map(({ endedAt }) => endedAt ?? "").toSorted();
    expect(Date.parse(begins.at(-1) ?? "")).toBeLessThan(Date.parse(ends[0] ?? ""));
    expect(join?.startedAt).toBe(ends.at(-1));
    await expectSoundRuns(stack, [run.id]);
  });

  it("a diamond of 500 steps ends with each step done once", async () => {
    const branches = Array.from({ length: 498 }, (_, index) => transform(`b${index}`, index, { needs: ["first"] }));
    const needs = branches.map(({ id }) => id ?? null);
    await stack.api.save({
      name: "wide",
      steps: [transform("first", 1), ...branches, transform("last", "${{ steps.b0 + steps.b497 }}", { needs })],
    });
    const run = await stack.api.runToEnd("wide");
    expect(run).toMatchObject({ status: "COMPLETED", output: 497, attempts: 500, counts: { completed: 500 } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("steps may have the names that objects have members for, and are read like any other", async () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    await stack.api.save({
      name: "names-of-objects",
      steps: [
        ...names.map((name, index) => transform(name, { index }, { needs: [] })),
        transform("read", names.map((name) => `\${{ steps.${name}.index }}`).join(","), { needs: names }),
      ],
    });
    const run = await stack.api.runToEnd("names-of-objects");
    expect(run).toMatchObject({ status: "COMPLETED", output: "0,1,2,3", attempts: 5 });
    await expectSoundRuns(stack, [run.id]);
  });

  it("a recipe of 501 steps is refused", async () => {
    const steps = Array.from({ length: 501 }, (_, index) => transform(`s${index}`, index));
    const answer = await stack.api.call("POST", "/api/workflows", { name: "too-wide", steps });
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid_recipe" } });
  });
});

describe("a recipe that hardly means what it says", () => {
  it("is saved with a warning where it stands, and skips the step as the warning says", async () => {
    const recipe = { name: "hardly", steps: [transform("open", 1, { if: "input.state != 'closed'" })] };
    const warning = { path: "/steps/0/if", line: 1, code: "missing_comparison", hint: expect.stringContaining("??") };
    const checked = await stack.api.call("POST", "/api/workflows/validate", recipe);
    expect(checked).toMatchObject({ status: 200, body: { ok: true, issues: [], warnings: [warning] } });
    const saved = await stack.api.call("POST", "/api/workflows", recipe);
    expect(saved).toMatchObject({ status: 201, body: { version: 1, warnings: [warning] } });
    const again = await stack.api.call("POST", "/api/workflows", recipe);
    expect(again).toMatchObject({ status: 200, body: { version: 1, warnings: [warning] } });
    const skipped = await stack.api.runToEnd("hardly", {});
    expect(skipped).toMatchObject({ status: "COMPLETED", counts: { skipped: 1 } });
    await expectSoundRuns(stack, [skipped.id]);
  });
});

describe("steps that do not do their work", () => {
  it("a step whose `if` is false is skipped with a null output, and those that need it go on", async () => {
    await stack.api.save({
      name: "skipping",
      steps: [
        transform("maybe", 1, { if: "${{ input.wanted }}" }),
        transform("after", { maybe: "${{ steps.maybe }}" }),
      ],
    });
    const skipped = await stack.api.runToEnd("skipping", { wanted: false });
    const done = await stack.api.runToEnd("skipping", { wanted: true });
    expect(skipped).toMatchObject({
      status: "COMPLETED",
      output: { maybe: null },
      counts: { skipped: 1, completed: 1 },
    });
    expect(done).toMatchObject({ status: "COMPLETED", output: { maybe: 1 }, counts: { skipped: 0, completed: 2 } });
    await expectSoundRuns(stack, [skipped.id, done.id]);
  });

  it("a failed step with `onError: continue` leaves its error to those that need it", async () => {
    await stack.api.save({
      name: "continuing",
      steps: [
        { id: "broken", type: "http", with: { url: `${stack.demoUrl}/status/404` }, onError: "continue" },
        transform("after", { output: "${{ steps.broken }}", code: "${{ errors.broken.code }}" }),
      ],
    });
    const run = await stack.api.runToEnd("continuing");
    expect(run).toMatchObject({ status: "COMPLETED", error: null, output: { output: null, code: "http_status" } });
    expect(run.steps[0]).toMatchObject({ status: "FAILED", attempt: 1, error: { http: { status: 404 } } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("a failed step fails the run: what runs may finish, what waits is canceled", async () => {
    await stack.api.save({
      name: "failing",
      steps: [
        { id: "slow", needs: [], type: "http", with: { url: `${stack.demoUrl}/slow?ms=300` } },
        { id: "broken", needs: [], type: "http", with: { url: `${stack.demoUrl}/status/404` } },
        transform("never", 1, { needs: ["slow", "broken"] }),
      ],
    });
    const run = await stack.api.runToEnd("failing");
    expect(run).toMatchObject({ status: "FAILED", error: { code: "http_status", step: "broken", attempt: 1 } });
    expect(run.steps.map(({ status }) => status)).toEqual(["COMPLETED", "FAILED", "CANCELED"]);
    await expectSoundRuns(stack, [run.id]);
  });
});

describe("input and output", () => {
  it("the recipe's `output` is evaluated over the steps", async () => {
    await stack.api.save({
      name: "with-output",
      steps: [transform("one", 20), transform("two", 22)],
      output: "${{ steps.one + steps.two }}",
    });
    const run = await stack.api.runToEnd("with-output");
    expect(run).toMatchObject({ status: "COMPLETED", output: 42 });
    await expectSoundRuns(stack, [run.id]);
  });

  it("defaults of the input schema are applied, and an input that breaks it makes no run", async () => {
    await stack.api.save({
      name: "with-schema",
      input: {
        type: "object",
        required: ["city"],
        properties: { city: { type: "string" }, days: { type: "integer", default: 3 } },
      },
      steps: [transform("echo", "${{ input }}")],
    });
    const run = await stack.api.runToEnd("with-schema", { city: "Bern" });
    expect(run).toMatchObject({ status: "COMPLETED", output: { city: "Bern", days: 3 } });
    const refused = await stack.api.tryStart("with-schema", { input: { days: "many" } });
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid_input" } });
    const rows = await stack.sql`select 1 from runs where workflow = 'with-schema'`;
    expect(rows).toHaveLength(1);
  });

  it("any JSON survives the way through a run, but for what PostgreSQL cannot hold, which is replaced", async () => {
    const value = { text: "ä😀", number: 1e21, empty: {}, list: [null, [], ""] };
    // The API refuses a NUL in what it is sent; an expression, or somebody's answer, can still make one.
    await stack.api.save({
      name: "echoing",
      steps: [
        transform("make", '${{ $merge([input, { "nul": "a\\u0000b" }]) }}'),
        transform("pass", "${{ steps.make }}"),
      ],
    });
    const run = await stack.api.runToEnd("echoing", value);
    expect(run).toMatchObject({ status: "COMPLETED", output: { ...value, nul: "a\uFFFDb" } });
    await expectSoundRuns(stack, [run.id]);
  });
});

describe("a command that the database refuses", () => {
  it("fails alone: the other runs of its batch go on, and its own heals when the database does", async () => {
    await stack.api.save({
      name: "unlucky",
      defaults: { retry: { attempts: 20, delay: "100ms", backoff: "fixed", jitter: "none" } },
      steps: [transform("first", "${{ input }}"), transform("second", "${{ steps.first }}")],
    });
    await stack.sql.unsafe(`
      create function refuse_poison() returns trigger language plpgsql as
        $$ begin raise exception 'refused by a test'; end $$;
      create trigger refuse_poison before update on steps for each row
        when (new.output::text = '"poison"') execute function refuse_poison();`);
    const inputs = Array.from({ length: 40 }, (_, index) => (index === 20 ? "poison" : `good ${index}`));
    const started = await Promise.all(inputs.map((input) => stack.api.start("unlucky", { input })));
    const ids = started.map(({ id }) => id);
    await stack.untilEnded(ids.filter((_, index) => index !== 20));
    const poisoned = await stack.api.run(ids[20] ?? "");
    expect(poisoned.status).toBe("RUNNING");
    await stack.sql.unsafe(`drop function refuse_poison cascade`);
    await stack.untilEnded(ids);
    const runs = await expectSoundRuns(stack, ids);
    expect(runs.map(({ run }) => run.status)).toEqual(ids.map(() => "COMPLETED"));
  });
});
