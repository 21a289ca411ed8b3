import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LeaseToken, StepKey } from "../../src/domain/ids.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import { isActive } from "../../src/domain/run/run.ts";
import { isUnfinished } from "../../src/domain/run/step.ts";
import { TestRun } from "../support/test-run.ts";
import { commandOf } from "./act.ts";
import { type Action, histories, plans } from "./arbitraries.ts";
import { countAll, forgottenSteps, historyFaults, isChainWhole } from "./laws.ts";

const RUNS = { numRuns: 500 };

/** Lets a history happen to a new run, and looks at the run after each command. */
function live(plan: Plan, history: readonly Action[], look: (run: TestRun, before: TestRun["state"]) => void): TestRun {
  const run = new TestRun(plan, { room: 2, fraction: 0.5 });
  const tokens = new Map<StepKey, LeaseToken[]>();
  const note = (): void => {
    for (const { key, token } of run.last.begun) {
      tokens.set(key, [...(tokens.get(key) ?? []), token]);
    }
  };
  note();
  for (const action of history) {
    const before = run.state;
    const command = commandOf(run, action, tokens);
    if (command !== null) {
      run.apply(command);
      note();
    }
    look(run, before);
  }
  return run;
}

function check(law: (run: TestRun, before: TestRun["state"]) => void): void {
  fc.assert(
    fc.property(plans, histories, (plan, history) => {
      live(plan, history, law);
    }),
    RUNS,
  );
}

describe("whatever happens to a run", () => {
  it("never leaves COMPLETED or CANCELED, and nothing of it changes then", () => {
    check((run, before) => {
      const isAbsorbed = before.run.status === "COMPLETED" || before.run.status === "CANCELED";
      const { head: _before, ...rowBefore } = before.run;
      const { head: _now, ...rowNow } = run.run;
      expect(isAbsorbed ? [rowNow, run.state.steps] : []).toEqual(isAbsorbed ? [rowBefore, before.steps] : []);
    });
  });

  it("once it has ended, no step of it is unfinished and none has a message", () => {
    check((run) => {
      const isEnded = "endedAt" in run.run;
      expect(isEnded ? [...run.state.steps.values()].filter(isUnfinished) : []).toEqual([]);
      expect(isEnded ? [...run.messages.keys()] : []).toEqual([]);
    });
  });

  it("its counters are those of its steps", () => {
    check((run) => {
      expect(run.run.counts).toEqual(countAll(run.state.steps.values()));
    });
  });

  it("its audit log verifies and has no gaps", () => {
    fc.assert(
      fc.property(plans, histories, (plan, history) => {
        const run = live(plan, history, () => undefined);
        expect(run.events.map((event) => event.seq)).toEqual(run.events.map((_, index) => index + 1));
        expect(isChainWhole(run)).toBe(true);
      }),
      RUNS,
    );
  });

  it("every transition in the log is allowed, follows on from the one before, and leads to its state", () => {
    fc.assert(
      fc.property(plans, histories, (plan, history) => {
        expect(historyFaults(live(plan, history, () => undefined))).toEqual([]);
      }),
      RUNS,
    );
  });

  it("no two attempts share a token, and each is numbered one up", () => {
    fc.assert(
      fc.property(plans, histories, (plan, history) => {
        const begun = new Map<string, number>();
        const tokens = new Set<LeaseToken>();
        let attempts = 0;
        live(plan, history, (run, before) => {
          for (const step of run.state === before ? [] : run.last.begun) {
            attempts += 1;
            tokens.add(step.token);
            expect(step.attempt).toBe((begun.get(step.key) ?? before.steps.get(step.key)?.attempt ?? 0) + 1);
            begun.set(step.key, step.attempt);
          }
        });
        expect(tokens.size).toBe(attempts);
      }),
      RUNS,
    );
  });

  it("no command begins more attempts than there is room", () => {
    check((run, before) => {
      const isNew = run.state !== before;
      expect(isNew ? run.last.begun.length : 0).toBeLessThanOrEqual(run.room);
    });
  });

  it("nothing begins in it while it is paused or a step sinks it", () => {
    check((run, before) => {
      const isSinking = isActive(run.run) && run.run.failure !== null;
      const isHeldBack = isSinking || run.run.status === "PAUSED";
      expect(isHeldBack && run.state !== before ? run.last.begun : []).toEqual([]);
    });
  });

  it("no step is forgotten: what is due has a message", () => {
    check((run) => {
      expect(forgottenSteps(run)).toEqual([]);
    });
  });

  it("no step runs before its needs are done", () => {
    check((run) => {
      const isDone = (id: string): boolean => ["COMPLETED", "SKIPPED", "FAILED"].includes(run.step(id).status);
      const early = run.plan.plan.root.nodes.filter(
        (node) => run.step(node.id).status === "RUNNING" && !node.needs.every(isDone),
      );
      expect(early).toEqual([]);
    });
  });
});
