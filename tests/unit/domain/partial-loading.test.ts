import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/domain/run/command.ts";
import { decide } from "../../../src/domain/run/decide.ts";
import type { RunState } from "../../../src/domain/run/run.ts";
import { stepKeyOf } from "../../support/ids.ts";
import { completed, FATAL } from "../../support/outcomes.ts";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

/** The state with only some of its steps loaded. */
function partly(run: TestRun, ...keys: readonly string[]): RunState {
  return { run: run.run, steps: new Map(keys.map((key) => [stepKeyOf(key), run.step(key)])), mail: [] };
}

function kindOf(run: TestRun, state: RunState, command: Command): string {
  return decide(state, command, run.context()).kind;
}

const BY = { actor: "key:tester", reason: null };

describe("a command on the whole run", () => {
  it("asks for all steps when not every unfinished one is loaded", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 1_000 }));
    expect(kindOf(run, partly(run), { type: "cancel", ...BY })).toBe("incomplete");
    run.passMs(1_000);
    expect(kindOf(run, partly(run, "a"), { type: "wake", target: { kind: "deadline" } })).toBe("incomplete");
    run.pause();
    expect(kindOf(run, partly(run, "a", "b"), { type: "resume", actor: "x" })).toBe("incomplete");
  });

  it("does with the unfinished ones", () => {
    const run = new TestRun(planOf(CHAIN));
    run.complete("a");
    expect(kindOf(run, partly(run, "b", "c"), { type: "cancel", ...BY })).toBe("decided");
  });

  it("asks for all steps before it retries, the done ones too", () => {
    const run = new TestRun(planOf(CHAIN));
    run.complete("a");
    run.sink("b");
    expect(kindOf(run, partly(run, "b", "c"), { type: "retry", actor: "x", from: null })).toBe("incomplete");
    expect(kindOf(run, partly(run, "a", "b", "c"), { type: "retry", actor: "x", from: null })).toBe("decided");
  });

  it("pauses without any step loaded", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(kindOf(run, partly(run), { type: "pause", ...BY })).toBe("decided");
  });
});

describe("a settle", () => {
  it("needs its step and the dependents only", () => {
    const run = new TestRun(planOf(CHAIN));
    const token = run.tokenOf("a");
    const command: Command = {
      type: "settle",
      stepKey: stepKeyOf("a"),
      attempt: 1,
      token,
      outcome: { kind: "completed", output: 1 },
    };
    expect(kindOf(run, partly(run, "a", "b"), command)).toBe("decided");
  });

  it("that sinks the run asks for all steps", () => {
    const run = new TestRun(planOf(CHAIN));
    const command: Command = {
      type: "settle",
      stepKey: stepKeyOf("a"),
      attempt: 1,
      token: run.tokenOf("a"),
      outcome: FATAL,
    };
    expect(kindOf(run, partly(run, "a", "b"), command)).toBe("incomplete");
  });

  it("that fails a step while others still run does not", () => {
    const run = new TestRun(planOf(JOIN));
    const command: Command = {
      type: "settle",
      stepKey: stepKeyOf("left"),
      attempt: 1,
      token: run.tokenOf("left"),
      outcome: FATAL,
    };
    expect(kindOf(run, partly(run, "left", "join"), command)).toBe("decided");
  });

  it("without its dependents loaded breaks an invariant instead of losing them", () => {
    const run = new TestRun(planOf(CHAIN));
    const command: Command = {
      type: "settle",
      stepKey: stepKeyOf("a"),
      attempt: 1,
      token: run.tokenOf("a"),
      outcome: { kind: "completed", output: 1 },
    };
    expect(() => decide(partly(run, "a"), command, run.context())).toThrow("step b of run");
  });

  it("leaves a dependent alone that is done already", () => {
    const run = new TestRun(planOf(CHAIN));
    const token = run.tokenOf("a");
    run.complete("a", "b");
    const done = run.step("b");
    const earlier = new TestRun(planOf(CHAIN));
    const state: RunState = {
      run: earlier.run,
      steps: new Map([
        [stepKeyOf("a"), earlier.step("a")],
        [stepKeyOf("b"), done],
      ]),
      mail: [],
    };
    const command: Command = { type: "settle", stepKey: stepKeyOf("a"), attempt: 1, token, outcome: completed() };
    const decision = decide(state, command, run.context());
    expect(decision).toMatchObject({ kind: "decided", begun: [] });
    expect(decision.kind === "decided" && [...decision.steps.keys()]).toEqual(["a"]);
  });
});
