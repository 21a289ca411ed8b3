import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/run/decide.ts";
import { CHAIN, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

describe("a signal", () => {
  it("is refused: no step waits for one", () => {
    const run = new TestRun(planOf(CHAIN));
    const signal = { type: "signal" as const, name: "a", idempotencyKey: "k", payload: null, actor: "key:tester" };
    expect(decide(run.state, signal, run.context())).toMatchObject({ reply: { kind: "conflict" }, events: [] });
  });
});
