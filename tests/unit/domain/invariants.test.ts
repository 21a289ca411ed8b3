import { describe, expect, it } from "vitest";
import { BatonError, InvariantError, UnavailableError } from "../../../src/domain/errors.ts";
import { isJsonObject } from "../../../src/domain/json.ts";
import { nodeOf, withDependents } from "../../../src/domain/plan/plan-index.ts";
import { RunDraft } from "../../../src/domain/run/draft.ts";
import { cancelRun } from "../../../src/domain/run/end-run.ts";
import { isActive, statusOf } from "../../../src/domain/run/run.ts";
import { dueAtOf, type WaitingStep } from "../../../src/domain/run/step.ts";
import { stepKeyOf } from "../../support/ids.ts";
import { SKIPPED } from "../../support/outcomes.ts";
import { CHAIN, planIndexOf, planOf } from "../../support/plans.ts";
import { LEASE_MS, TestRun } from "../../support/test-run.ts";

describe("the decision in the making", () => {
  it("refuses a transition of a step that the table does not allow, and changes nothing", () => {
    const run = new TestRun(planOf(CHAIN));
    const draft = new RunDraft(run.state);
    const before = run.step("b");
    const after = { ...run.step("a"), key: before.key, nodeId: "b", status: "COMPLETED", endedAt: run.now } as const;
    expect(() => {
      draft.moveStep(before, after, { type: "STEP_COMPLETED", at: run.now, actor: "consumer" });
    }).toThrow(`step b of run ${run.run.id} cannot go from PENDING to COMPLETED`);
    expect(draft.decision({ kind: "applied" })).toMatchObject({ run: run.run, events: [] });
  });

  it("refuses a transition of a run that the table does not allow, and changes nothing", () => {
    const run = new TestRun(planOf(CHAIN));
    const draft = new RunDraft(run.state);
    run.cancel();
    expect(() => {
      new RunDraft(run.state).moveRun(draft.run, { type: "RUN_RUNNING", at: run.now, actor: "system" });
    }).toThrow(`run ${run.run.id} cannot go from CANCELED to RUNNING`);
  });

  it("refuses a step that was not loaded", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(() => new RunDraft({ run: run.run, steps: new Map(), mail: [] }).requireStep(stepKeyOf("a"))).toThrow(
      InvariantError,
    );
  });

  it("ends no run twice", () => {
    const run = new TestRun(planOf(CHAIN));
    run.cancel();
    const again = { actor: "key:tester", reason: null };
    expect(() => cancelRun(new RunDraft(run.state), again, run.context())).toThrow("has ended already");
  });
});

describe("what is due for a step", () => {
  it("is its readiness, its lease end or its backoff", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    const start = run.now;
    expect([dueAtOf(run.step("a")), dueAtOf(run.step("b"))]).toEqual([start, null]);
    run.room = 1;
    run.begin("a");
    expect(dueAtOf(run.step("a"))).toEqual(new Date(start.getTime() + LEASE_MS));
    run.fail("a");
    expect(dueAtOf(run.step("a"))).toEqual(new Date(start.getTime() + 1_000));
  });

  it("is its timer while it waits", () => {
    const run = new TestRun(planOf(CHAIN));
    const until = run.now.toISOString();
    const waiting: WaitingStep = {
      ...run.step("a"),
      status: "WAITING",
      startedAt: run.now,
      waitingFor: { kind: "timer", until },
      dueAt: run.now,
    };
    expect(dueAtOf(waiting)).toBe(run.now);
    expect(dueAtOf({ ...waiting, dueAt: null })).toBeNull();
  });

  it("is nothing once it is done", () => {
    const run = new TestRun(planOf([{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d", needs: ["c"] }]));
    run.complete("a");
    run.settle("b", SKIPPED);
    run.sink("c");
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "SKIPPED", c: "FAILED", d: "CANCELED" });
    expect(["a", "b", "c", "d"].map((key) => dueAtOf(run.step(key)))).toEqual([null, null, null, null]);
  });
});

describe("the state of a run by its steps", () => {
  it("is WAITING when nothing runs, is ready or waits for a backoff", () => {
    const { run } = new TestRun(planOf([{ id: "a" }]));
    const counts = { ...run.counts, running: 0, waiting: 1 };
    expect(isActive(run) ? statusOf({ ...run, counts }) : null).toBe("WAITING");
  });
});

describe("a plan", () => {
  it("names the node that it does not have", () => {
    expect(() => nodeOf(planIndexOf(CHAIN), "nowhere")).toThrow("plan of orders has no node nowhere");
  });

  it("finds what depends on a step, directly or not, each once", () => {
    const diamond = planIndexOf([
      { id: "a" },
      { id: "b", needs: ["a"] },
      { id: "c", needs: ["a"] },
      { id: "d", needs: ["b", "c"] },
      { id: "e" },
    ]);
    expect(withDependents(diamond, "a")).toEqual(new Set(["a", "b", "c", "d"]));
    expect(withDependents(diamond, "e")).toEqual(new Set(["e"]));
  });
});

describe("a JSON object", () => {
  it("is neither a list nor null nor missing", () => {
    expect([{}, [], null, undefined, "x"].map((value) => isJsonObject(value))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("exceptions", () => {
  it("say by their code and class what a caller can do", () => {
    const cause = new Error("reset");
    const away = new UnavailableError("postgres", "no answer", cause);
    expect(away).toMatchObject({ code: "postgres_unavailable", retryable: true, name: "UnavailableError", cause });
    expect(away).toBeInstanceOf(BatonError);
    expect(new InvariantError("x")).toMatchObject({ code: "invariant_broken", retryable: false });
  });
});
