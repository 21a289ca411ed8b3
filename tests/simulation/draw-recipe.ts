import type { Json, JsonObject } from "../../src/domain/json.ts";
import type { Draws } from "./draws.ts";

const STEPS_MAX = 6;

/** A step as it is written. */
interface DrawnStep {
  readonly id: string;
  readonly type: "http" | "transform";
  readonly needs: readonly string[];
  /** All steps that are done before it. */
  readonly before: readonly string[];
}

/**
 * Writes a recipe.
 *
 * @param draws - Decides everything.
 * @param name - Its name.
 * @returns A recipe without issues: a graph of one to six steps. Its transforms give their own id as `id`, and under
 *   `from` what they read of each step before them: the number of the call of an `http` step, the id of another.
 */
export function drawRecipe(draws: Draws, name: string): JsonObject {
  const steps: DrawnStep[] = [];
  const count = draws.between(1, STEPS_MAX);
  for (let index = 0; index < count; index += 1) {
    steps.push(drawStep(draws, `s${index}`, steps));
  }
  const byId = new Map(steps.map((step) => [step.id, step]));
  const output = draws.chance(0.4) ? { output: { from: readsOf(steps, steps) } } : {};
  return {
    name,
    ...(draws.chance(0.25) ? { timeout: `${draws.pick([2, 8, 30, 90])}s` } : {}),
    ...(draws.chance(0.2) ? { defaults: { retry: drawRetry(draws) } } : {}),
    ...(draws.chance(0.2) ? { input: { type: "object", properties: { n: { type: "number", default: 1 } } } } : {}),
    steps: steps.map((step) => writeStep(draws, step, byId)),
    ...output,
  };
}

function drawStep(draws: Draws, id: string, earlier: readonly DrawnStep[]): DrawnStep {
  const type = draws.chance(0.5) ? "http" : "transform";
  const needs = earlier.filter(() => draws.chance(0.4)).map((step) => step.id);
  const before = earlier.flatMap((step) => (needs.includes(step.id) ? [...step.before, step.id] : []));
  return { id, type, needs, before: [...new Set(before)] };
}

function writeStep(draws: Draws, step: DrawnStep, byId: ReadonlyMap<string, DrawnStep>): Json {
  const { id, type, needs } = step;
  const before = step.before.flatMap((other) => byId.get(other) ?? []);
  return {
    id,
    type,
    needs,
    ...(draws.chance(0.2) ? { if: drawCondition(draws, step.before) } : {}),
    ...(draws.chance(0.6) ? { retry: draws.chance(0.15) ? false : drawRetry(draws) } : {}),
    ...(draws.chance(0.3) ? { timeout: `${draws.pick([1, 3, 20])}s` } : {}),
    ...(draws.chance(0.3) ? { onError: "continue" } : {}),
    with:
      type === "http"
        ? { url: `http://api.test/\${{ run.id }}/${id}`, query: { n: "${{ input.n }}" } }
        : { id, input: "${{ input.n }}", from: readsOf(before, before), attempt: "${{ step.attempt }}" },
  };
}

function readsOf(steps: readonly DrawnStep[], readers: readonly DrawnStep[]): JsonObject {
  const entries = steps.map(({ id, type }): [string, string] => [
    id,
    type === "http" ? `\${{ steps.${id}.body.call }}` : `\${{ steps.${id}.id }}`,
  ]);
  const errors = readers.map(({ id }): [string, string] => [`${id}_error`, `\${{ errors.${id}.code }}`]);
  return Object.fromEntries([...entries, ...errors]);
}

function drawCondition(draws: Draws, before: readonly string[]): string {
  const conditions = before.flatMap((id) => [`$exists(steps.${id})`, `$not($exists(errors.${id}))`]);
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
