import type { Json, JsonObject } from "../../src/domain/json.ts";
import { START } from "../support/ids.ts";
import type { Draws } from "./draws.ts";

/** Most steps of the recipe itself, and of the block of a `foreach`. */
const STEPS_MAX = [5, 3, 2] as const;

/** Signals that steps wait for. */
const SIGNALS = ["go", "halt"] as const;

/** What the payload of a signal must be, in recipes that say so. */
const PAYLOAD_SCHEMA = { type: "object", properties: { v: { type: "number" } }, required: ["v"] };

/** A step as it is written. */
interface DrawnStep {
  readonly id: string;
  readonly type: "http" | "transform" | "wait" | "foreach";
  readonly needs: readonly string[];
  /** All steps of its block that are done before it. */
  readonly before: readonly DrawnStep[];
}

/** The block that is being written. */
interface BlockScope {
  /** How many `foreach` steps are around it. */
  readonly depth: number;
  /** Steps of the blocks around it that are done before. */
  readonly outer: readonly DrawnStep[];
  /** Gives ids that are new in the recipe. */
  readonly newId: () => string;
  readonly hasPayloadSchema: boolean;
}

/**
 * Writes a recipe: a graph of steps of all types, lists in lists among them.
 *
 * @param draws - Decides everything.
 * @param name - Its name.
 * @returns A recipe without issues. Transforms, and outputs, show under `from` what they read of each step before them:
 *   the number of the call of an `http` step, the id of a transform, whether a wait timed out, the code of an error; and in
 *   items `item` and `index`. Addresses name run, step and item. No two items of a recipe are the same.
 */
export function drawRecipe(draws: Draws, name: string): JsonObject {
  let idCount = -1;
  const newId = (): string => {
    idCount += 1;
    return `s${idCount}`;
  };
  return {
    name,
    ...(draws.chance(0.2) ? { timeout: `${draws.pick([2, 8, 30, 90])}s` } : {}),
    ...(draws.chance(0.2) ? { defaults: { retry: drawRetry(draws) } } : {}),
    ...(draws.chance(0.2) ? { input: { type: "object", properties: { n: { type: "number", default: 1 } } } } : {}),
    ...drawBlock(draws, { depth: 0, outer: [], newId, hasPayloadSchema: draws.chance(0.5) }),
  };
}

function drawBlock(draws: Draws, scope: BlockScope): JsonObject {
  const steps: DrawnStep[] = [];
  const written: Json[] = [];
  const count = draws.between(1, STEPS_MAX[scope.depth] ?? 1);
  for (let index = 0; index < count; index += 1) {
    const step = drawStep(draws, steps, scope);
    steps.push(step);
    written.push(writeStep(draws, step, scope));
  }
  const readable = [...scope.outer, ...steps];
  return { steps: written, ...(draws.chance(0.4) ? { output: showReads(readable, scope) } : {}) };
}

function drawStep(draws: Draws, earlier: readonly DrawnStep[], { depth, newId }: BlockScope): DrawnStep {
  const types = [
    "http",
    "http",
    "http",
    "transform",
    "transform",
    "wait",
    ...(depth < 2 ? ["foreach" as const] : []),
  ] as const;
  const needed = earlier.filter(() => draws.chance(0.4));
  const before = new Set(needed.flatMap((step) => [...step.before, step]));
  return { id: newId(), type: draws.pick(types), needs: needed.map(({ id }) => id), before: [...before] };
}

function writeStep(draws: Draws, step: DrawnStep, scope: BlockScope): Json {
  const { id, type, needs, before } = step;
  return {
    id,
    type,
    needs,
    ...(draws.chance(0.15) ? { if: drawCondition(draws, before) } : {}),
    ...(draws.chance(0.5) ? { retry: draws.chance(0.15) ? false : drawRetry(draws) } : {}),
    ...(draws.chance(0.2) ? { timeout: `${draws.pick([1, 3, 20])}s` } : {}),
    ...(draws.chance(0.3) ? { onError: "continue" } : {}),
    with: writeParameters(draws, step, scope),
  };
}

function writeParameters(draws: Draws, { id, type, before }: DrawnStep, scope: BlockScope): Json {
  switch (type) {
    case "http":
      return {
        url: `http://api.test/\${{ run.id }}/${id}${scope.depth > 0 ? "/${{ item }}" : ""}`,
        query: { n: "${{ input.n }}" },
      };
    case "transform":
      return { id, ...showReads([...scope.outer, ...before], scope) };
    case "wait":
      return drawWait(draws, scope);
    case "foreach":
      return {
        items: drawItems(draws, scope),
        ...(draws.chance(0.8) ? { concurrency: draws.between(1, 3) } : {}),
        ...(draws.chance(0.4) ? { tolerate: draws.pick([0, 1, 2, "50%", "100%"]) } : {}),
        ...drawBlock(draws, { ...scope, depth: scope.depth + 1, outer: [...scope.outer, ...before] }),
      };
  }
}

/** So many seconds after the clocks start. */
function instant(seconds: number): string {
  return new Date(START.getTime() + seconds * 1_000).toISOString();
}

/** In an item, the items of the list in it are named after it. */
function drawItems(draws: Draws, { depth }: BlockScope): Json {
  const names = ["a", "b", "c", "d", "e"].slice(0, draws.pick([0, 1, 2, 2, 3, 3, 5]));
  if (depth === 0) {
    return draws.chance(0.9) ? names : "${{ input.n }}";
  }
  return `\${{ [${names.map((name) => `item & "${name}"`).join(", ")}] }}`;
}

function drawWait(draws: Draws, { hasPayloadSchema }: BlockScope): Json {
  if (draws.chance(0.4)) {
    return draws.chance(0.5)
      ? { for: draws.pick(["0s", "2s", "12s", "45s"]) }
      : { until: draws.pick([instant(-10), instant(5), instant(40)]) };
  }
  return {
    signal: draws.pick(SIGNALS),
    ...(draws.chance(0.5) ? { timeout: draws.pick(["1s", "6s", "50s"]) } : {}),
    ...(hasPayloadSchema ? { schema: PAYLOAD_SCHEMA } : {}),
  };
}

function showReads(steps: readonly DrawnStep[], { depth }: BlockScope): JsonObject {
  const values = steps.flatMap(({ id, type }): [string, string][] => {
    const path = { http: "body.call", transform: "id", wait: "timedOut", foreach: null }[type];
    return path === null ? [] : [[id, `\${{ steps.${id}.${path} }}`]];
  });
  const errors = steps.map(({ id }): [string, string] => [`${id}_error`, `\${{ errors.${id}.code }}`]);
  const inItem = depth > 0 ? { item: "${{ item }}", index: "${{ index }}" } : {};
  return { from: Object.fromEntries([...values, ...errors]), ...inItem };
}

function drawCondition(draws: Draws, before: readonly DrawnStep[]): string {
  const conditions = before.flatMap(({ id }) => [`$exists(steps.${id})`, `$not($exists(errors.${id}))`]);
  return draws.pick(["input.n > 1", "step.attempt < 3", ...conditions]);
}

function drawRetry(draws: Draws): JsonObject {
  return {
    attempts: draws.between(1, 4),
    delay: draws.pick(["0ms", "100ms", "1s", "7s"]),
    backoff: draws.pick(["exponential", "linear", "fixed"]),
    jitter: draws.pick(["full", "none"]),
    ...(draws.chance(0.15) ? { on: draws.pick([["http_status"], ["network_error", "timeout"]]) } : {}),
  };
}
