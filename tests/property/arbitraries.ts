import * as fc from "fast-check";
import type { Plan } from "../../src/domain/plan/plan.ts";
import { completed, failed, FATAL, SKIPPED } from "../support/outcomes.ts";
import { type NodeParts, planOf } from "../support/plans.ts";

const IDS = ["a", "b", "c", "d", "e", "f"];

/** Which step an action concerns: an index into the steps of the plan, whatever their number. */
const stepIndex = fc.nat({ max: IDS.length - 1 });

const retryPolicy = fc.record({
  attempts: fc.integer({ min: 1, max: 3 }),
  delayMs: fc.constantFrom(0, 100, 1_000),
  backoff: fc.constantFrom("exponential", "linear", "fixed"),
  jitter: fc.constantFrom("full", "none"),
});

/** Recipes of one to six steps, each needing any of those before it, written in that order or backwards. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    nodes: fc.array(
      fc.record({
        needsMask: fc.nat({ max: 31 }),
        retry: retryPolicy,
        onError: fc.constantFrom("fail", "fail", "continue"),
      }),
      { minLength: 1, maxLength: IDS.length, size: "max" },
    ),
    timeoutMs: fc.constantFrom(null, null, 5_000, 60_000),
    isWrittenBackwards: fc.boolean(),
  })
  .map(({ nodes, timeoutMs, isWrittenBackwards }) => {
    const parts = nodes.map(({ needsMask, retry, onError }, index): NodeParts => {
      const needs = IDS.slice(0, index).filter((_, bit) => Math.trunc(needsMask / 2 ** bit) % 2 === 1);
      return { id: IDS[index] ?? "", needs, retry, onError };
    });
    return planOf(isWrittenBackwards ? parts.toReversed() : parts, { timeoutMs });
  });

/** Whose token a settle carries. */
export type TokenKind = "current" | "earlier" | "strange";

const outcomes = fc.constantFrom(completed(1), completed(1), SKIPPED, failed(), failed({ retryAfterMs: 50 }), FATAL);

const tokenKinds: fc.Arbitrary<TokenKind> = fc.constantFrom("current", "current", "current", "earlier", "strange");

/** Something that happens to a run. */
export const actions = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("begin" as const), step: stepIndex }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      step: stepIndex,
      token: tokenKinds,
      outcome: outcomes,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(1, 100, 1_000, 15_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("room" as const), room: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pause" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("resume" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("expire" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("retry" as const), from: fc.option(stepIndex, { nil: null }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), chance: fc.nat({ max: 9 }) }) },
);

/** Something that happens to a run. */
export type Action = typeof actions extends fc.Arbitrary<infer Value> ? Value : never;

/** What happens to a run, one after another. */
export const histories: fc.Arbitrary<readonly Action[]> = fc.array(actions, {
  minLength: 1,
  maxLength: 60,
  size: "max",
});
