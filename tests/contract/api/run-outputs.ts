import { beforeAll, describe, expect, it } from "vitest";
import type { RunId } from "../../../src/domain/ids.ts";
import { nameOf, stepKeyOf } from "../../support/ids.ts";
import { completed, decisionUntil, FATAL, itemsOf, SKIPPED } from "../../support/outcomes.ts";
import { FOR_DECISION, planOf } from "../../support/plans.ts";
import type { LedgerAndApi } from "./ledger-and-api.ts";

const LIST = planOf([{ id: "each", body: [{ id: "x" }] }], { workflow: nameOf("list") });
const ASK = planOf([{ id: "ok", wait: FOR_DECISION }], { workflow: nameOf("ask") });
const PAIR = planOf([{ id: "other" }, { id: "last" }], { workflow: nameOf("pair") });

/**
 * Describes what the API gives as the output of a run.
 *
 * @param bench - A ledger with the API beside it.
 */
export function describeOutputs(bench: () => LedgerAndApi): void {
  /** The output as the run's page, its own path and a start that waited show it. */
  async function outputsOf(runId: RunId): Promise<readonly unknown[]> {
    const run = (await bench().get(`/api/runs/${runId}`)).body;
    const result = await bench().api.runs.findResult(runId);
    return [
      Reflect.get(Object(run), "output"),
      (await bench().get(`/api/runs/${runId}/output`)).body,
      result?.output?.kind === "whole" ? result.output.value : null,
    ];
  }

  describe("the output of a run", () => {
    beforeAll(async () => {
      for (const plan of [LIST, ASK, PAIR]) await bench().save(plan);
    });

    it("is the list of a foreach that is its last step, in the order of the items", async () => {
      const runId = await bench().start(LIST);
      await bench().work(({ node, stepKey }) => (node.id === "each" ? itemsOf(7, 8) : completed(stepKey)));
      const output = ["each[0].x", "each[1].x"];
      expect(await outputsOf(runId)).toEqual([output, output, output]);
    });

    it("is what a wait that is its last step got", async () => {
      const runId = await bench().start(ASK);
      await bench().work(() => decisionUntil());
      expect(await outputsOf(runId)).toEqual([null, null, null]);
      const signal = { type: "signal", name: "decision", idempotencyKey: "one", payload: 7, actor: "key:ann" } as const;
      await bench().apply(runId, signal);
      const output = { payload: 7, by: "key:ann", timedOut: false };
      expect(await outputsOf(runId)).toEqual([output, output, output]);
    });

    it("is none when its last step is skipped after a retry, although it had one before", async () => {
      const runId = await bench().start(PAIR);
      await bench().work(({ stepKey }) => (stepKey === "last" ? completed("old") : null));
      await bench().settle(runId, "other", FATAL);
      await bench().apply(runId, { type: "retry", actor: "key:ann", from: stepKeyOf("last") });
      await bench().work(({ stepKey }) => (stepKey === "last" ? SKIPPED : completed("new")));
      expect((await bench().get(`/api/runs/${runId}`)).body).toMatchObject({ status: "COMPLETED" });
      expect(await outputsOf(runId)).toEqual([null, null, null]);
    });
  });
}
