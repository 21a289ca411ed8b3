import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Json } from "../../../src/domain/json.ts";
import { OUTPUT_NODE_ID, type Plan, type PlanNode } from "../../../src/domain/plan/plan.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import { describePlan } from "../../../src/recipe/describe-plan.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";
import { EARLIER_VERSION } from "../../support/earlier-version.ts";
import { issuesOf, planOf } from "./recipe-text.ts";

function nodeOf(plan: Plan, id: string): PlanNode {
  const node = plan.root.nodes.find((each) => each.id === id);
  if (node === undefined) {
    throw new Error(`no node ${id}`);
  }
  return node;
}

/** The parts of a plan of the first format that today's code does not read. */
interface EarlierFile {
  readonly nodes: readonly PlanNode[];
  readonly outputNode: string;
  readonly inputSchema: Json;
}

const CHAIN = `
name: chain
steps:
  - { id: a, type: transform, with: "\${{ input.x }}" }
  - { id: b, type: transform, with: "\${{ steps.a }}" }
  - { id: c, type: transform, needs: [], with: "\${{ run.id }}" }
  - { id: d, type: transform, needs: [b, c], with: "\${{ errors.b.code }}", if: "\${{ steps.c > 1 }}" }
`;

describe("compiling a recipe", () => {
  it("a step without needs waits for the one written before it, and [] waits for none", () => {
    expect(planOf(CHAIN).root.nodes.map(({ id, needs }) => [id, needs])).toEqual([
      ["a", []],
      ["b", ["a"]],
      ["c", []],
      ["d", ["b", "c"]],
    ]);
  });

  it("dependents are the inverse of needs", () => {
    expect(planOf(CHAIN).root.nodes.map(({ id, dependents }) => [id, dependents])).toEqual([
      ["a", ["b"]],
      ["b", ["d"]],
      ["c", ["d"]],
      ["d", []],
    ]);
  });

  it("a plan says what each step reads, in its parameters and its condition", () => {
    expect(planOf(CHAIN).root.nodes.map(({ id, reads }) => [id, reads])).toEqual([
      ["a", { input: true, item: false, steps: [], errors: [] }],
      ["b", { input: false, item: false, steps: ["a"], errors: [] }],
      ["c", { input: false, item: false, steps: [], errors: [] }],
      ["d", { input: false, item: false, steps: ["c"], errors: ["b"] }],
    ]);
  });

  it("a condition is kept without the marks around it, and is null when there is none", () => {
    expect(nodeOf(planOf(CHAIN), "d").if).toBe("steps.c > 1");
    expect(nodeOf(planOf(CHAIN), "a").if).toBeNull();
  });

  it("what a recipe does not say has the documented defaults", () => {
    const plan = planOf("name: a\nsteps: [{ id: x, type: transform, with: 1 }]");
    expect(plan).toMatchObject({
      format: 2,
      workflow: "a",
      root: { outputNode: "x" },
      timeoutMs: null,
      inputSchema: null,
      labels: {},
    });
    expect(plan.root.nodes[0]).toMatchObject({
      retry: {
        attempts: 3,
        delayMs: 1000,
        backoff: "exponential",
        factor: 2,
        delayMsMax: 300_000,
        jitter: "full",
        on: null,
      },
      timeoutMs: 30_000,
      onError: "fail",
    });
  });

  it("a step's own policy comes before the recipe's, member by member", () => {
    const plan = planOf(`
name: a
defaults: { retry: { attempts: 5, delay: 2s, jitter: none }, timeout: 1m }
steps:
  - { id: a, type: transform, with: 1 }
  - { id: b, type: transform, with: 1, retry: { delay: 5s, on: [timeout] }, timeout: 10s, onError: continue }
  - { id: c, type: transform, with: 1, retry: false }
`);
    expect(nodeOf(plan, "a")).toMatchObject({
      timeoutMs: 60_000,
      retry: { attempts: 5, delayMs: 2000, jitter: "none" },
    });
    expect(nodeOf(plan, "b")).toMatchObject({
      timeoutMs: 10_000,
      onError: "continue",
      retry: { attempts: 5, delayMs: 5000, jitter: "none", on: ["timeout"] },
    });
    expect(nodeOf(plan, "c").retry.attempts).toBe(1);
  });

  it("an output becomes a last node that waits for everything nothing else waits for", () => {
    const plan = planOf(
      `${CHAIN}  - { id: e, type: transform, needs: [a], with: 1 }\noutput: { all: "\${{ steps }}" }\n`,
    );
    expect(plan.root.outputNode).toBe(OUTPUT_NODE_ID);
    expect(plan.root.nodes.at(-1)).toMatchObject({
      id: OUTPUT_NODE_ID,
      type: "output",
      needs: ["d", "e"],
      with: { all: "${{ steps }}" },
      reads: { input: false, item: false, steps: ["a", "b", "c", "d", "e"] },
    });
    expect(nodeOf(plan, "d").dependents).toEqual([OUTPUT_NODE_ID]);
  });

  it("an output of null is an output", () => {
    const plan = planOf("name: a\nsteps: [{ id: x, type: transform, with: 1 }]\noutput: null");
    expect(plan.root.nodes.at(-1)).toMatchObject({ id: OUTPUT_NODE_ID, with: null, needs: ["x"] });
  });

  it("reading an earlier step counts as ordered however far away it is", () => {
    const plan = planOf(`
name: a
steps:
  - { id: a, type: transform, with: 1 }
  - { id: b, type: transform, with: 1 }
  - { id: c, type: transform, with: "\${{ steps.a }}" }
`);
    expect(nodeOf(plan, "c").reads.steps).toEqual(["a"]);
  });

  it("steps may be written before those they need", () => {
    const plan = planOf(`
name: a
steps:
  - { id: last, type: transform, needs: [first], with: "\${{ steps.first }}" }
  - { id: first, type: transform, needs: [], with: 1 }
`);
    expect(nodeOf(plan, "first").dependents).toEqual(["last"]);
    expect(describePlan(plan).worstCaseMs).toBe(2 * 93_000);
  });

  it("equal recipes have equal checksums, however they are written", () => {
    const yaml = compileRecipe("name: a\nsteps:\n  - id: x\n    type: transform\n    with: { b: 1, a: 2 }", "yaml");
    const json = compileRecipe('{"steps":[{"with":{"a":2,"b":1},"type":"transform","id":"x"}],"name":"a"}', "json");
    expect(yaml.ok && json.ok && yaml.checksum === json.checksum).toBe(true);
    expect(yaml.ok && yaml.checksum).toMatch(/^[0-9a-f]{64}$/);
    const other = compileRecipe("name: a\nsteps: [{ id: x, type: transform, with: { b: 1, a: 3 } }]", "yaml");
    expect(yaml.ok && other.ok && yaml.checksum === other.checksum).toBe(false);
  });

  it("a recipe with everything that can be executed compiles", () => {
    const text = readFileSync(`${import.meta.dirname}/fixtures/sixty-lines.yaml`, "utf8");
    const plan = planOf(text);
    expect(plan.root.nodes.map(({ id }) => id)).toEqual([
      "weather",
      "news",
      "headlines",
      "report",
      "send",
      OUTPUT_NODE_ID,
    ]);
    expect(plan).toMatchObject({ timeoutMs: 5_400_000, labels: { team: "editorial", env: "test" } });
    expect(nodeOf(plan, "headlines").reads).toEqual({ input: false, item: false, steps: ["news"], errors: ["news"] });
  });

  it("500 steps in a row compile in well under a second", async () => {
    const steps = Array.from(
      { length: 500 },
      (_, index) => `  - { id: s${index}, type: transform, with: "\${{ input.x }}" }`,
    );
    const isSoon = await isWithinCpuMs(500, () => planOf(`name: a\nsteps:\n${steps.join("\n")}`));
    expect(isSoon).toBe(true);
  });
});

describe("the plan of a stored version", () => {
  it("is taken as it is when it has today's format", () => {
    const plan = planOf(CHAIN);
    expect(readPlan({ recipe: {}, plan })).toBe(plan);
  });

  it("is compiled again from its recipe when it has an earlier format, with the same steps", () => {
    const { nodes, ...rest }: EarlierFile = JSON.parse(JSON.stringify(EARLIER_VERSION.plan));
    expect(readPlan(EARLIER_VERSION)).toEqual({
      format: 2,
      workflow: "orders",
      root: {
        nodes: nodes.map((node) => ({ ...node, reads: { ...node.reads, item: false } })),
        outputNode: rest.outputNode,
      },
      timeoutMs: 3_600_000,
      inputSchema: rest.inputSchema,
      labels: { team: "sales" },
    });
  });

  it("is compiled although today's checks would refuse its recipe, and no condition is lost", () => {
    const text = `
name: orders
someday: true
labels: { team: sales, "a b": x }
timeout: soon
steps:
  - { id: a, type: transform, with: "\${{ nothing.of.this( }}", retry: { attempts: 500, backoff: odd }, extra: 1 }
  - { id: b, type: http, with: { url: "\${{ steps.a }}", query: 5 }, if: "\${{ a }} and \${{ b }}", timeout: 99d }
  - { id: c, type: transform }
`;
    expect(issuesOf(text).length).toBeGreaterThan(5);
    const plan = readPlan({ recipe: parse(text), plan: EARLIER_VERSION.plan });
    expect(plan).toMatchObject({ timeoutMs: null, labels: { team: "sales", "a b": "x" } });
    expect(plan.root.nodes).toMatchObject([
      { id: "a", retry: { attempts: 500, backoff: "exponential" }, reads: { steps: [] } },
      { id: "b", if: "${{ a }} and ${{ b }}", timeoutMs: 99 * 86_400_000, reads: { steps: ["a"] } },
      { id: "c", with: null, needs: ["b"] },
    ]);
  });

  it("is not made of a step that only a later release knows", () => {
    const recipe = { name: "orders", steps: [{ id: "a", type: "dream", with: {} }] };
    expect(() => readPlan({ recipe, plan: EARLIER_VERSION.plan })).toThrow('type "dream"');
  });

  it("is empty for what is no recipe at all", () => {
    expect(readPlan({ recipe: null, plan: EARLIER_VERSION.plan }).root.nodes).toEqual([]);
  });
});

describe("describing a plan", () => {
  it("shows the waits without jitter, and how long each step and the whole can take", () => {
    const plan = planOf(`
name: a
steps:
  - { id: a, type: transform, needs: [], with: 1, timeout: 10s, retry: { attempts: 4, delay: 1s, maxDelay: 3s } }
  - { id: b, type: transform, needs: [], with: 1, timeout: 1s, retry: false }
  - { id: c, type: transform, needs: [a, b], with: 1, timeout: 5s, retry: { attempts: 2, backoff: fixed } }
`);
    const described = describePlan(plan);
    expect(described.nodes.map(({ id, retryDelaysMs, worstCaseMs }) => [id, retryDelaysMs, worstCaseMs])).toEqual([
      ["a", [1000, 2000, 3000], 46_000],
      ["b", [], 1000],
      ["c", [1000], 11_000],
    ]);
    expect(described.edges).toEqual([
      { from: "a", to: "c" },
      { from: "b", to: "c" },
    ]);
    expect(described.worstCaseMs).toBe(57_000);
  });

  it("the deadline of the run cuts its worst case off", () => {
    const plan = planOf("name: a\ntimeout: 20s\nsteps: [{ id: x, type: transform, with: 1 }]");
    expect(describePlan(plan).worstCaseMs).toBe(20_000);
  });
});
