import { describe, expect, it } from "vitest";
import { leaseTokenOf, type StepKey } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import { stepQuery } from "../../../src/domain/run/concerns.ts";
import type { Run } from "../../../src/domain/run/run.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import type { WaitingFor } from "../../../src/domain/run/waiting.ts";
import type { ReadBack } from "../../../src/ledger/ports.ts";
import { START, stepKeyOf } from "../../support/ids.ts";
import { at, baseOf, changeOf, newRun, newRunId, ODD_VALUES, runningStep, runOf } from "./rows.ts";
import type { StoreBench } from "./store-bench.ts";

const ERROR = { code: "http_status", message: "503", http: { status: 503, url: "http://x/", method: "GET" } };

/** What waits only for what comes from outside, or for what it holds. */
const WAITS: readonly WaitingFor[] = [
  { kind: "signal", name: "paid", until: null, schema: { type: "object", ["__proto__"]: { const: "ä😀" } } },
  {
    kind: "items",
    total: 10_000,
    opened: 12,
    open: 2,
    again: 3,
    completed: 4,
    failed: 3,
    bytes: 1_048_576,
    failure: ERROR,
  },
  { kind: "block", unfinished: 3, atWork: 1, bytes: 0, failure: null },
];

const FAILURE = { ...ERROR, step: "a", attempt: 3 };

/**
 * Describes how runs and steps are kept, each in each of its states, and what steps leave behind.
 *
 * @param bench - The store that is tested.
 */
export function describeRows(bench: StoreBench): void {
  describe("a run", () => {
    const id = newRunId(0);
    const { failure: _failure, phase: _phase, hold: _hold, ...ended } = runOf(id);
    const runs: readonly Run[] = [
      runOf(id, { status: "PENDING", startedAt: null, labels: { team: "shop", ["__proto__"]: "x" } }),
      runOf(id, { status: "RUNNING", phase: "failing", failure: FAILURE, deadlineAt: at(60) }),
      runOf(id, { status: "RETRYING" }),
      runOf(id, { status: "WAITING" }),
      runOf(id, { status: "PAUSED", startedAt: at(0.001), hold: { actor: "key:tester", reason: "for the night" } }),
      runOf(id, { status: "PAUSED", phase: "failing", failure: FAILURE, hold: { actor: "key:tester", reason: null } }),
      { ...ended, status: "COMPLETED", endedAt: at(9) },
      { ...ended, status: "FAILED", failure: { ...FAILURE, step: null, attempt: null }, endedAt: at(9) },
      { ...ended, status: "CANCELED", endedAt: at(9) },
    ];

    it.each(runs)("that is $status is read as it was made, and as it was changed", async (row) => {
      const runId = newRunId(0);
      const made = { ...row, id: runId, head: { seq: 3, hash: "ab".repeat(32) } };
      await bench.create(newRun(made));
      expect((await bench.load({ runIds: [runId] })).runs).toEqual(new Map([[runId, made]]));
      const changed = { ...made, head: { seq: 4, hash: "cd".repeat(32) }, counts: { ...made.counts, ready: 2 } };
      await bench.save({ changed: [changeOf(changed)] }, [runId]);
      expect((await bench.load({ runIds: [runId] })).runs).toEqual(new Map([[runId, changed]]));
    });

    it("that does not exist is missing, and is not locked", async () => {
      const rows = await bench.load({
        runIds: [newRunId(0)],
        rows: [{ runId: newRunId(0), ...stepQuery({ keys: [stepKeyOf("a")], rows: { kind: "all" } }) }],
      });
      expect(rows).toEqual({
        runs: new Map(),
        lockedRuns: new Set(),
        steps: [],
        mail: [],
        workflows: [],
        earlierRuns: [],
      });
    });

    it("keeps its input until another takes its place, and any JSON can be it", async () => {
      for (const input of ODD_VALUES) {
        const runId = newRunId(0);
        await bench.create(newRun(runOf(runId), [], { input: "before" }));
        const change = changeOf(runOf(runId));
        expect((await bench.save({ changed: [change], inputsOf: [runId] }, [runId])).inputs).toEqual(
          new Map([[runId, "before"]]),
        );
        const replaced = await bench.save({ changed: [{ ...change, input }], inputsOf: [runId, newRunId(0)] }, [runId]);
        expect(replaced.inputs).toEqual(new Map([[runId, input]]));
      }
    });
  });

  describe("a step", () => {
    const base = { ...baseOf(newRunId(0), "a"), attempt: 1, queuedAt: START, startedAt: START };
    const token = leaseTokenOf("token", 1);
    const steps: readonly Step[] = [
      { ...base, status: "PENDING", attempt: 0, queuedAt: null, startedAt: null, pendingNeeds: 2 },
      { ...base, status: "PENDING", attempt: 0, startedAt: null, pendingNeeds: 0 },
      { ...base, status: "RUNNING", token, leaseExpiresAt: at(15), error: ERROR },
      { ...base, status: "RETRYING", token, error: ERROR, failedAt: at(1), dueAt: at(3), queuedAt: at(3) },
      { ...base, status: "RETRYING", error: ERROR, failedAt: null, dueAt: at(3) },
      ...WAITS.map((waitingFor): Step => ({ ...base, status: "WAITING", token, waitingFor, dueAt: null })),
      { ...base, status: "WAITING", token, waitingFor: { kind: "timer", until: at(60).toISOString() }, dueAt: at(60) },
      { ...base, status: "COMPLETED", token, endedAt: at(2) },
      ...WAITS.map((waitingFor): Step => ({ ...base, status: "COMPLETED", token, waitingFor, endedAt: at(2) })),
      { ...base, status: "COMPLETED", type: "item", maxAttempts: 0, attempt: 0, position: 9_999, endedAt: at(2) },
      { ...base, status: "FAILED", token, error: ERROR, endedAt: at(2) },
      { ...base, status: "SKIPPED", token, endedAt: at(2) },
      { ...base, status: "CANCELED", attempt: 0, startedAt: null, endedAt: at(2) },
    ];

    it.each(steps)("that is $status is read as it was made, and as it was changed", async (row) => {
      const runId = newRunId(0);
      const made: readonly Step[] = ["b", "a"].map((key, position) => ({
        ...row,
        runId,
        key: stepKeyOf(key),
        nodeId: key,
        position,
      }));
      await bench.create(newRun(runOf(runId), made));
      expect(await bench.loadSteps(runId)).toEqual(made);
      const before: Step = { ...baseOf(runId, "a"), position: 1, type: row.type, status: "PENDING", pendingNeeds: 1 };
      await bench.save({ changed: [changeOf(runOf(runId), { steps: [before] })] }, [runId]);
      expect(await bench.loadSteps(runId)).toEqual([made[0], before]);
      await bench.save({ changed: [changeOf(runOf(runId), { steps: made.slice(1) })] }, [runId]);
      const rows = [{ runId, ...stepQuery({ keys: ["a", "none"].map(stepKeyOf) }) }];
      expect((await bench.load({ runIds: [runId], rows })).steps).toEqual([made[1]]);
    });

    it("is loaded alone when it alone is asked for, and all are in the order of the recipe", async () => {
      const runId = newRunId(0);
      const made = ["c", "a", "b"].map((key, position): Step => ({
        ...baseOf(runId, key),
        position,
        status: "PENDING",
        pendingNeeds: 1,
      }));
      await bench.create(newRun(runOf(runId), made));
      const rows = [{ runId, ...stepQuery({ keys: [stepKeyOf("a")] }) }];
      expect((await bench.load({ runIds: [runId], rows })).steps).toEqual([made[1]]);
      expect(await bench.loadSteps(runId)).toEqual(made);
    });
  });

  describe("what the steps left behind", () => {
    it("is any JSON, read back by the transaction that writes it and by later ones", async () => {
      for (const output of ODD_VALUES) {
        const step = runningStep(newRunId(0), "a");
        const { runId, key: stepKey } = step;
        await bench.create(newRun(runOf(runId), [step]));
        const done: Step = { ...step, status: "COMPLETED", endedAt: at(1) };
        const result = [{ runId, stepKey, output, error: null }];
        expect(await resultOf(bench, done, { output })).toEqual(result);
        expect(await resultOf(bench, done, {})).toEqual(result);
      }
    });

    it("is null for a step that did not complete, whatever an earlier attempt left", async () => {
      const step = runningStep(newRunId(0), "a");
      const { runId, key: stepKey } = step;
      await bench.create(newRun(runOf(runId), [step]));
      await resultOf(bench, { ...step, status: "COMPLETED", endedAt: at(1) }, { output: "from the first attempt" });
      const nothing = [{ runId, stepKey, output: null, error: null }];
      expect(await resultOf(bench, { ...baseOf(runId, "a"), status: "PENDING", pendingNeeds: 0 }, {})).toEqual(nothing);
      expect(await resultOf(bench, step, {})).toEqual(nothing);
      expect(await resultOf(bench, { ...step, status: "SKIPPED", endedAt: at(1) }, {})).toEqual(nothing);
      const dueAt = at(2);
      expect(await resultOf(bench, { ...step, status: "RETRYING", error: ERROR, failedAt: at(1), dueAt }, {})).toEqual(
        nothing,
      );
      const failed = await resultOf(bench, { ...step, status: "FAILED", error: ERROR, endedAt: at(1) }, {});
      expect(failed).toEqual([{ runId, stepKey, output: null, error: ERROR }]);
    });
  });
}

async function resultOf(
  bench: StoreBench,
  step: Step,
  payload: { readonly output?: Json },
): Promise<ReadBack["results"]> {
  const { runId, key: stepKey } = step;
  const changed = [changeOf(runOf(runId), { steps: [step] })];
  const refs = [
    { runId, stepKey },
    { runId, stepKey: "none" as StepKey },
  ];
  return (await bench.save({ changed, payloads: [{ runId, stepKey, ...payload }], resultsOf: refs }, [runId])).results;
}
