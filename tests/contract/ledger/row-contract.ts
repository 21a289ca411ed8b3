import { describe, expect, it } from "vitest";
import { leaseTokenOf, type StepKey } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Run } from "../../../src/domain/run/run.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import type { ReadBack } from "../../../src/ledger/ports.ts";
import { START, stepKeyOf } from "../../support/ids.ts";
import { at, baseOf, newRun, newRunId, runningStep, runOf } from "./rows.ts";
import type { StoreBench } from "./store-bench.ts";

/** Any JSON survives as written, whatever a database thinks of it. */
const ODD_VALUES: readonly Json[] = [
  null,
  "",
  "\u0000 and \ud800",
  0,
  1e21,
  { list: [null, { deep: [] }], "a.b": true, ["__proto__"]: 1 },
];

const ERROR = { code: "http_status", message: "503", http: { status: 503, url: "http://x/", method: "GET" } };
const FAILURE = { ...ERROR, step: "a", attempt: 3 };

/**
 * Describes how runs and steps are kept, each in each of its states, and what steps leave behind.
 *
 * @param bench - The store that is tested.
 */
export function describeRows(bench: StoreBench): void {
  describe("a run", () => {
    const id = newRunId(0);
    const { failure: _, ...ended } = runOf(id);
    const runs: readonly Run[] = [
      runOf(id, { status: "PENDING", startedAt: null, labels: { team: "shop", ["__proto__"]: "x" } }),
      runOf(id, { status: "RUNNING", failure: FAILURE, deadlineAt: at(60) }),
      runOf(id, { status: "RETRYING" }),
      runOf(id, { status: "WAITING" }),
      runOf(id, { status: "PAUSED", startedAt: at(0.001) }),
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
      await bench.save({ changed: [{ run: changed, steps: [] }] }, [runId]);
      expect((await bench.load({ runIds: [runId] })).runs).toEqual(new Map([[runId, changed]]));
    });

    it("that does not exist is missing, and is not locked", async () => {
      const rows = await bench.load({
        runIds: [newRunId(0)],
        steps: [{ runId: newRunId(0), stepKey: stepKeyOf("a") }],
      });
      expect(rows).toEqual({ runs: new Map(), lockedRuns: new Set(), steps: [], workflows: [], earlierRuns: [] });
    });

    it("keeps its input until another takes its place, and any JSON can be it", async () => {
      for (const input of ODD_VALUES) {
        const runId = newRunId(0);
        await bench.create(newRun(runOf(runId), [], { input: "before" }));
        const change = { run: runOf(runId), steps: [] };
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
      { ...base, status: "WAITING", token, dueAt: at(60) },
      { ...base, status: "WAITING", token, dueAt: null },
      { ...base, status: "COMPLETED", token, endedAt: at(2) },
      { ...base, status: "FAILED", token, error: ERROR, endedAt: at(2) },
      { ...base, status: "SKIPPED", token, endedAt: at(2) },
      { ...base, status: "CANCELED", attempt: 0, startedAt: null, endedAt: at(2) },
    ];

    it.each(steps)("that is $status is read as it was made, and as it was changed", async (row) => {
      const runId = newRunId(0);
      const made: readonly Step[] = ["b", "a"].map((key) => ({ ...row, runId, key: stepKeyOf(key), nodeId: key }));
      await bench.create(newRun(runOf(runId), made));
      expect(await bench.loadSteps(runId)).toEqual(made);
      const before: Step = { ...baseOf(runId, "a"), status: "PENDING", pendingNeeds: 1 };
      await bench.save({ changed: [{ run: runOf(runId), steps: [before] }] }, [runId]);
      expect(await bench.loadSteps(runId)).toEqual([made[0], before]);
      await bench.save({ changed: [{ run: runOf(runId), steps: made.slice(1) }] }, [runId]);
      const refs = ["a", "none"].map((key) => ({ runId, stepKey: stepKeyOf(key) }));
      expect((await bench.load({ runIds: [runId], steps: refs })).steps).toEqual([made[1]]);
    });

    it("is loaded alone when it alone is asked for, and all are in the order of the recipe", async () => {
      const runId = newRunId(0);
      const made = ["c", "a", "b"].map((key): Step => ({
        ...baseOf(runId, key),
        status: "PENDING",
        pendingNeeds: 1,
      }));
      await bench.create(newRun(runOf(runId), made));
      expect((await bench.load({ runIds: [runId], steps: [{ runId, stepKey: stepKeyOf("a") }] })).steps).toEqual([
        made[1],
      ]);
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
  const changed = [{ run: runOf(runId), steps: [step] }];
  const refs = [
    { runId, stepKey },
    { runId, stepKey: "none" as StepKey },
  ];
  return (await bench.save({ changed, payloads: [{ runId, stepKey, ...payload }], resultsOf: refs }, [runId])).results;
}
