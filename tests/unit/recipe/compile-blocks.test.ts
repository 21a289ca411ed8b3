import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { foreachOf, indexPlan, nodeOf } from "../../../src/domain/plan/plan-index.ts";
import type { Plan } from "../../../src/domain/plan/plan.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";
import { describePlan } from "../../../src/recipe/describe-plan.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";
import { planOf } from "./recipe-text.ts";

const ORDERS = readFileSync(`${import.meta.dirname}/fixtures/blocks.yaml`, "utf8");

function readsOf(plan: Plan, id: string): unknown {
  return nodeOf(indexPlan(plan), id).reads;
}

describe("compiling steps that hold others", () => {
  it("a foreach has its list, its bounds and its block, whose output is a node of its own", () => {
    const plan = planOf(ORDERS);
    expect(plan.root.nodes.map(({ id }) => id)).toEqual(["list", "rates", "each", "report"]);
    const each = foreachOf(indexPlan(plan), "each");
    expect(each).toMatchObject({
      with: "${{ steps.list.body.orders[] }}",
      if: "$count(steps.list.body.orders) > 0",
      needs: ["list"],
      dependents: ["report"],
      concurrency: 3,
      tolerate: { share: 0.1 },
      body: { outputNode: "each:output" },
    });
    expect(each.body.nodes.map(({ id, type, needs, dependents }) => [id, type, needs, dependents])).toEqual([
      ["stock", "http", [], ["lines"]],
      ["price", "transform", [], ["lines"]],
      ["lines", "foreach", ["stock", "price"], ["done"]],
      ["done", "transform", ["lines"], ["each:output"]],
      ["each:output", "output", ["done"], []],
    ]);
  });

  it("without an output the last step as written gives that of an item, and defaults are those of the language", () => {
    const lines = foreachOf(indexPlan(planOf(ORDERS)), "lines");
    expect(lines).toMatchObject({ concurrency: 10, tolerate: { count: 0 }, body: { outputNode: "line" } });
    expect(lines.body.nodes).toMatchObject([{ id: "line", retry: { attempts: 2 }, timeoutMs: 10_000 }]);
  });

  it("each node says what it reads: of its item, of its block, and of what is done around it", () => {
    const plan = planOf(ORDERS);
    expect(readsOf(plan, "each")).toEqual({ input: false, item: false, steps: ["list"], errors: [] });
    expect(readsOf(plan, "stock")).toEqual({ input: false, item: true, steps: [], errors: [] });
    expect(readsOf(plan, "lines")).toEqual({ input: false, item: true, steps: [], errors: [] });
    expect(readsOf(plan, "line")).toEqual({ input: true, item: true, steps: ["stock"], errors: [] });
    expect(readsOf(plan, "done")).toEqual({ input: false, item: true, steps: ["lines"], errors: [] });
    expect(readsOf(plan, "report")).toEqual({ input: false, item: false, steps: ["each"], errors: [] });
  });

  it("who reads everything reads what is done by then, in its own block and around it", () => {
    const plan = planOf(ORDERS);
    expect(readsOf(plan, "price")).toEqual({ input: true, item: true, steps: ["list"], errors: ["list"] });
    const all = ["list", "stock", "price", "lines", "done"];
    expect(readsOf(plan, "each:output")).toEqual({ input: false, item: true, steps: all, errors: [] });
  });

  it("an index knows which steps a node runs inside of, from the outermost", () => {
    const { nodes } = indexPlan(planOf(ORDERS));
    expect([...nodes].map(([id, { enclosing }]) => [id, enclosing])).toEqual([
      ["list", []],
      ["rates", []],
      ["each", []],
      ["stock", ["each"]],
      ["price", ["each"]],
      ["lines", ["each"]],
      ["line", ["each", "lines"]],
      ["done", ["each"]],
      ["each:output", ["each"]],
      ["report", []],
    ]);
  });

  it("a node that holds no items is not taken for one that does", () => {
    expect(() => foreachOf(indexPlan(planOf(ORDERS)), "list")).toThrow(
      "node list of the plan of orders holds no items",
    );
  });

  it.each([
    ["for: 1h30m", { kind: "for", duration: "1h30m" }],
    ["for: ${{ input.wait }}", { kind: "for", duration: "${{ input.wait }}" }],
    ["until: 2026-12-24T18:00:00Z", { kind: "until", instant: "2026-12-24T18:00:00Z" }],
    ["signal: go", { kind: "signal", name: "go", timeout: null, schema: null }],
    [
      "{ signal: go, timeout: 24h, schema: { type: object } }",
      { kind: "signal", name: "go", timeout: "24h", schema: { type: "object" } },
    ],
  ])("a wait with `%s` says what it waits for", (written, expected) => {
    const plan = planOf(`name: a\nsteps:\n  - id: w\n    type: wait\n    with:\n      ${written}\n`);
    expect(plan.root.nodes).toMatchObject([{ type: "wait", with: expected }]);
  });

  it("an index has the signals that its steps wait for, wherever they are", () => {
    const plan = planOf(`
name: a
steps:
  - { id: w, type: wait, with: { signal: go, timeout: 1h } }
  - { id: each, type: foreach, with: { items: [1], steps: [{ id: v, type: wait, with: { signal: paid } }] } }
`);
    expect([...indexPlan(plan).signals.keys()]).toEqual(["go", "paid"]);
  });

  it("what a step does not evaluate is not taken for an expression", () => {
    const plan = planOf(`
name: a
steps:
  - { id: w, type: wait, with: { signal: go, schema: { title: "\${{ steps.nowhere( }}" } } }
`);
    expect(readsOf(plan, "w")).toEqual({ input: false, item: false, steps: [], errors: [] });
  });

  it.each([
    ["2-parallel", ["weather", "news", "events", "report"], []],
    // Without an answer in time there is no payload, so that `$not` of what is in it gives nothing.
    ["4-approval", ["ask", "decision", "pay", "reject"], [["missing_negation", "/steps/3/if"]]],
  ])("the sample %s compiles", (name, ids, warnings) => {
    const text = readFileSync(`${import.meta.dirname}/fixtures/${name}.yaml`, "utf8");
    const result = compileRecipe(text, "yaml");
    expect(result.ok && result.plan.root.nodes.map(({ id }) => id)).toEqual(ids);
    expect(result.ok && result.warnings.map(({ code, path }) => [code, path])).toEqual(warnings);
  });

  it("500 steps in lists compile in well under a second", async () => {
    const blocks = Array.from({ length: 10 }, (_, list) => {
      const steps = Array.from(
        { length: 49 },
        (_each, index) => `{ id: s${list}_${index}, type: transform, with: "\${{ [item, input.x, steps] }}" }`,
      );
      return `  - { id: e${list}, type: foreach, with: { items: "\${{ input.list }}", steps: [${steps.join(", ")}] } }`;
    });
    expect(await isWithinCpuMs(500, () => planOf(`name: a\nsteps:\n${blocks.join("\n")}`))).toBe(true);
  });
});

describe("describing steps that wait and steps that hold others", () => {
  it("steps of an item follow the one that runs them, which nothing bounds before its list is there", () => {
    const { nodes, edges, worstCaseMs } = describePlan(planOf(ORDERS));
    expect(nodes.map(({ id, within, worstCaseMs: ms }) => [id, within, ms])).toEqual([
      ["list", null, 21_000],
      ["rates", null, 21_000],
      ["each", null, null],
      ["stock", "each", 21_000],
      ["price", "each", 21_000],
      ["lines", "each", null],
      ["line", "lines", 21_000],
      ["done", "each", 21_000],
      ["each:output", "each", 93_000],
      ["report", null, 21_000],
    ]);
    expect(edges).toContainEqual({ from: "stock", to: "lines" });
    expect(worstCaseMs).toBeNull();
  });

  it("a list that is written out bounds how long its items take, as many at a time as may be", () => {
    const plan = planOf(`
name: a
defaults: { retry: false, timeout: 1s }
steps:
  - id: each
    type: foreach
    with: { items: [1, 2, 3, 4, 5], concurrency: 2, steps: [{ id: x, type: transform, with: 1 }] }
`);
    expect(describePlan(plan).worstCaseMs).toBe(1000 + 3 * 1000);
  });

  it.each([
    ["for: 1h", 3_601_000],
    ["for: ${{ input.wait }}", null],
    ["until: 2026-12-24T18:00:00Z", null],
    ["{ signal: go, timeout: 1h }", 3_601_000],
    ["{ signal: go, timeout: '${{ input.wait }}' }", null],
    ["signal: go", null],
  ])("a wait with `%s` takes at worst %s ms", (written, expected) => {
    const text = `name: a\nsteps:\n  - id: w\n    type: wait\n    retry: false\n    timeout: 1s\n    with:\n      ${written}\n`;
    expect(describePlan(planOf(text)).nodes[0]?.worstCaseMs).toBe(expected);
    expect(describePlan(planOf(`timeout: 2h\n${text}`)).worstCaseMs).toBe(expected ?? 7_200_000);
  });
});
