import { describe, expect, it } from "vitest";
import { foreachOf } from "../../../src/domain/plan/plan-index.ts";
import { concerns } from "../../../src/domain/run/concerns.ts";
import { decide } from "../../../src/domain/run/decide.ts";
import { RunDraft } from "../../../src/domain/run/draft.ts";
import { mayBegin } from "../../../src/domain/run/may-begin.ts";
import type { RunState } from "../../../src/domain/run/run.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import { DEADLINE } from "../../../src/domain/target.ts";
import { stepKeyOf } from "../../support/ids.ts";
import { completed, decisionUntil, FATAL, itemsOf } from "../../support/outcomes.ts";
import { FOR_DECISION, type NodeParts, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

const EACH: readonly NodeParts[] = [{ id: "each", body: [{ id: "x" }] }];

function expanded(count = 1): TestRun {
  const run = new TestRun(planOf(EACH));
  run.settle("each", itemsOf(...Array.from({ length: count }, (_, index) => index)));
  return run;
}

/** The run's state with one step of it as it should not be. */
function withStep(run: TestRun, step: Step): RunState {
  return { ...run.state, steps: new Map([...run.state.steps, [step.key, step]]) };
}

describe("a message for what waits", () => {
  it("of a foreach or an item begins nothing, and is taken off the queue", () => {
    const run = expanded();
    for (const key of ["each", "each[0]"]) {
      expect(run.begin(key)).toEqual({ kind: "wake_refused", reason: "waiting" });
      expect([run.last.messages.get(key), run.last.events]).toEqual([null, []]);
    }
  });

  it("of a signal without a timeout is taken off the queue", () => {
    const run = new TestRun(planOf([{ id: "ask", wait: FOR_DECISION }]));
    run.settle("ask", decisionUntil());
    expect(run.begin("ask")).toEqual({ kind: "wake_refused", reason: "not_due" });
    expect(run.last.messages.get("ask")).toBeNull();
  });
});

describe("what a command must see", () => {
  it("is no step for a deadline", () => {
    const { plan } = expanded();
    expect(concerns({ type: "wake", target: DEADLINE }, plan)).toEqual({ keys: [], rows: null, mail: null });
  });

  it("is, for a signal that a step takes, also what follows from it", () => {
    const run = new TestRun(
      planOf([
        { id: "ask", wait: FOR_DECISION },
        { id: "after", needs: ["ask"] },
      ]),
    );
    run.settle("ask", decisionUntil());
    const ask = run.step("ask");
    const state = { ...run.state, steps: new Map([[ask.key, ask]]) };
    const signal = { type: "signal", name: "decision", idempotencyKey: "k", payload: null, actor: "key:x" } as const;
    expect(decide(state, signal, run.context())).toMatchObject({ kind: "incomplete", query: { keys: ["after"] } });
  });
});

describe("a signal that comes early", () => {
  it("must fit one of the steps that may take it", () => {
    const strict = { ...FOR_DECISION, schema: { type: "object" } };
    const run = new TestRun(
      planOf([
        { id: "one", wait: strict },
        { id: "two", needs: ["one"], wait: strict },
      ]),
    );
    const context = {
      ...run.context(),
      checkValue: () => ({ ok: false as const, issues: [{ path: "", message: "no object" }] }),
    };
    const signal = { type: "signal", name: "decision", idempotencyKey: "k", payload: 1, actor: "key:x" } as const;
    expect(decide(run.state, signal, context)).toMatchObject({
      reply: { kind: "invalid_payload", issues: [{ message: "no object" }] },
      mail: [],
    });
  });
});

describe("a foreach with more items than a run may have steps", () => {
  it("fails, and says so", () => {
    const run = new TestRun(planOf(EACH));
    const { counts } = run.run;
    const full: RunState = { ...run.state, run: { ...run.run, counts: { ...counts, completed: 250_000 } } };
    const token = run.tokenOf("each");
    const settle = { type: "settle", stepKey: stepKeyOf("each"), attempt: 1, token, outcome: itemsOf(1) } as const;
    const decision = decide(full, settle, run.context());
    expect(decision).toMatchObject({ kind: "decided", run: { status: "FAILED", failure: { code: "too_many_steps" } } });
  });
});

describe("rows that contradict each other", () => {
  it("name the node that holds no items", () => {
    expect(() => foreachOf(expanded().plan, "x")).toThrow("node x of the plan of orders holds no items");
  });

  it("let no step of a run that has ended begin", () => {
    const run = expanded();
    const step = run.step("each[0].x");
    run.cancel();
    expect(mayBegin(new RunDraft(run.state), step, run.now)).toBe("run_ended");
  });

  it("end an item whose foreach is over without opening another", () => {
    const run = expanded();
    const each = run.step("each");
    const state = withStep(run, { ...each, status: "COMPLETED", endedAt: run.now });
    const token = run.tokenOf("each[0].x");
    const settle = {
      type: "settle",
      stepKey: stepKeyOf("each[0].x"),
      attempt: 1,
      token,
      outcome: completed(),
    } as const;
    const decision = decide(state, settle, run.context());
    expect(decision.kind === "decided" && [...decision.steps.keys()]).not.toContain("each");
  });

  it("sink no item that is over", () => {
    const run = expanded();
    const state = withStep(run, { ...run.step("each[0]"), status: "COMPLETED", endedAt: run.now });
    const token = run.tokenOf("each[0].x");
    const settle = { type: "settle", stepKey: stepKeyOf("each[0].x"), attempt: 1, token, outcome: FATAL } as const;
    const decision = decide(state, settle, run.context());
    expect(decision.kind === "decided" && decision.steps.has(stepKeyOf("each[0]"))).toBe(false);
  });

  it("open an item again of which nothing is known", () => {
    const run = expanded(2);
    run.sink("each[0].x");
    run.complete("each[1].x");
    const item = run.step("each[1]");
    const endedAt = run.now;
    const state = withStep(run, { ...item, status: "COMPLETED", endedAt, waitingFor: null });
    const decision = decide(state, { type: "retry", actor: "key:x", from: null }, run.context());
    expect(decision).toMatchObject({ kind: "decided", run: { status: "RUNNING" } });
  });
});
