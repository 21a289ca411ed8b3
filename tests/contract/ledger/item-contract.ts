import { describe, expect, it } from "vitest";
import type { Step } from "../../../src/domain/run/step.ts";
import type { WaitingFor } from "../../../src/domain/run/waiting.ts";
import { stepKeyOf } from "../../support/ids.ts";
import {
  at,
  canceledStep,
  changeOf,
  doneStep,
  failedStep,
  newRun,
  newRunId,
  ODD_VALUES,
  readyStep,
  runOf,
  waitingStep,
} from "./rows.ts";
import type { StoreBench } from "./store-bench.ts";

const ITEMS: WaitingFor = {
  kind: "items",
  total: 2,
  opened: 2,
  open: 2,
  again: 0,
  completed: 0,
  failed: 0,
  bytes: 0,
  failure: null,
};
const BLOCK: WaitingFor = { kind: "block", unfinished: 1, atWork: 0, bytes: 0, failure: null };

/**
 * Describes how the items of a `foreach` are kept: the rows they hold, and their values.
 *
 * @param bench - The store that is tested.
 */
export function describeItems(bench: StoreBench): void {
  describe("an item of a foreach", () => {
    it("is a row that is made within a run that is there, and so is what it holds", async () => {
      const runId = newRunId(0);
      const foreach = waitingStep(runId, "each", ITEMS);
      await bench.create(newRun(runOf(runId), [foreach]));
      const created = [
        waitingStep(runId, "each[0]", BLOCK),
        doneStep(runId, "each[0].a"),
        waitingStep(runId, "each[0].inner", ITEMS),
        waitingStep(runId, "each[0].inner[1]", BLOCK),
        readyStep(runId, "each[0].inner[1].x"),
      ];
      await bench.save({ changed: [changeOf(runOf(runId), { created, steps: [foreach] })] }, [runId]);
      expect(byKey(await bench.loadSteps(runId))).toEqual(byKey([foreach, ...created]));
      const keys = [stepKeyOf("each[0].inner[1]"), stepKeyOf("each[0].inner[2]")];
      expect((await bench.find(runId, { keys })).steps).toEqual([created[3]]);
    });

    it("cannot be made twice, and nothing of such a transaction is written", async () => {
      const runId = newRunId(0);
      const item = waitingStep(runId, "each[0]", BLOCK);
      await bench.create(newRun(runOf(runId), [item]));
      const created = [waitingStep(runId, "each[1]", BLOCK), item];
      await expect(bench.save({ changed: [changeOf(runOf(runId), { created })] }, [runId])).rejects.toThrow(
        "duplicate",
      );
      expect(await bench.findKeys(runId)).toEqual(["each[0]"]);
    });

    it("is unfinished while it can still move, and so is what it holds", async () => {
      const runId = newRunId(0);
      const unfinished = [
        waitingStep(runId, "each", ITEMS),
        waitingStep(runId, "each[1]", BLOCK),
        readyStep(runId, "each[1].a"),
        readyStep(runId, "each[2]"),
      ];
      const done = [
        doneStep(runId, "each[0]"),
        doneStep(runId, "each[0].a"),
        failedStep(runId, "each[3]"),
        canceledStep(runId, "each[3].a"),
      ];
      await bench.create(newRun(runOf(runId), [...done, ...unfinished]));
      expect(byKey((await bench.find(runId, { rows: { kind: "unfinished" } })).steps)).toEqual(byKey(unfinished));
    });

    it("that is next is the first that waits for its turn, and comes with all that it holds, and nothing else", async () => {
      const runId = newRunId(0);
      const keys = ["each", "each[0]", "each[0].a", "each[10]", "each[10].a", "each[3].a", "each[30].a", "other"];
      const held = ["each[2].a", "each[2].inner", "each[2].inner[0]", "each[2].inner[0].x"];
      await bench.create(
        newRun(runOf(runId), [
          ...[...keys, ...held].map((key) => doneStep(runId, key)),
          ...["each[20]", "each[3]", "each[2]", "each2[0]", "each[0].inner[0]", "each[0].inner[1]"].map((key) =>
            readyStep(runId, key),
          ),
        ]),
      );
      const next = async (foreach: string, ...except: readonly string[]): Promise<readonly string[]> =>
        bench.findKeys(runId, {
          rows: { kind: "next_item", foreach: stepKeyOf(foreach), except: except.map((key) => stepKeyOf(key)) },
        });
      expect(await next("each")).toEqual(["each[2]", ...held]);
      expect(await next("each[0].inner")).toEqual(["each[0].inner[0]"]);
      expect(await next("each[2].inner")).toEqual([]);
      expect(await next("each", "each[2]", "each[20]")).toEqual(["each[3]", "each[3].a"]);
      expect(await bench.findKeys(runId, { rows: { kind: "item", key: stepKeyOf("each[2]") } })).toEqual([
        "each[2]",
        ...held,
      ]);
    });

    it("is found by the signal that a step of it waits for", async () => {
      const runId = newRunId(0);
      const forSignal = (key: string, name: string): Step =>
        waitingStep(runId, key, { kind: "signal", name, until: null, schema: null });
      const waiting = [forSignal("a", "paid"), forSignal("each[1].a", "paid")];
      await bench.create(
        newRun(runOf(runId), [
          ...waiting,
          forSignal("b", "sent"),
          { ...forSignal("each[2].a", "paid"), status: "COMPLETED", endedAt: at(1) },
          waitingStep(runId, "c", { kind: "timer", until: at(9).toISOString() }),
        ]),
      );
      const { steps } = await bench.find(runId, { rows: { kind: "waiting_for", signal: "paid" } });
      expect(byKey(steps)).toEqual(byKey(waiting));
      expect(await bench.findKeys(runId, { rows: { kind: "waiting_for", signal: "none" } })).toEqual([]);
    });
  });

  describeValues(bench);
  describeEmptying(bench);
}

function describeValues(bench: StoreBench): void {
  describe("the values of the items", () => {
    it("are any JSON, read back by their place, by the transaction that writes them and by later ones", async () => {
      const runId = newRunId(0);
      const each = { runId, stepKey: stepKeyOf("each") };
      const inner = { runId, stepKey: stepKeyOf("each[0].inner") };
      const items = [
        { ...each, values: ODD_VALUES },
        { ...inner, values: ["of the inner"] },
        { runId, stepKey: stepKeyOf("none"), values: [] },
      ];
      const wanted = ODD_VALUES.map((value, index) => ({ ...each, index, value }));
      const itemsOf = [
        ...wanted.toReversed().map(({ index }) => ({ ...each, index })),
        { ...each, index: ODD_VALUES.length },
        { ...each, runId: newRunId(0), index: 0 },
        { ...each, stepKey: stepKeyOf("none"), index: 0 },
        { ...inner, index: 0 },
      ];
      await bench.create(newRun(runOf(runId)));
      const changed = [changeOf(runOf(runId))];
      for (const request of [
        { changed, items, itemsOf },
        { changed, itemsOf },
      ]) {
        const read = await bench.save(request, [runId]);
        expect(read.items.filter(({ stepKey }) => stepKey === "each").toSorted(byIndex)).toEqual(wanted);
        expect(read.items.filter(({ stepKey }) => stepKey !== "each")).toEqual([
          { ...inner, index: 0, value: "of the inner" },
        ]);
      }
    });

    it("can be ten thousand, or one of a megabyte", async () => {
      const runId = newRunId(0);
      await bench.create(newRun(runOf(runId)));
      const [many, large] = [stepKeyOf("many"), stepKeyOf("large")];
      const value = { text: "ä\u0000".repeat(100_000) };
      const items = [
        { runId, stepKey: many, values: Array.from({ length: 10_000 }, (_, index) => ({ index })) },
        { runId, stepKey: large, values: [value] },
      ];
      const itemsOf = [
        { runId, stepKey: many, index: 9_999 },
        { runId, stepKey: large, index: 0 },
      ];
      const read = await bench.save({ changed: [changeOf(runOf(runId))], items, itemsOf }, [runId]);
      expect(read.items.toSorted(byIndex)).toEqual([
        { runId, stepKey: large, index: 0, value },
        { runId, stepKey: many, index: 9_999, value: { index: 9_999 } },
      ]);
    });

    it("cannot be written twice", async () => {
      const runId = newRunId(0);
      await bench.create(newRun(runOf(runId)));
      const request = {
        changed: [changeOf(runOf(runId))],
        items: [{ runId, stepKey: stepKeyOf("each"), values: [1] }],
      };
      await bench.save(request, [runId]);
      await expect(bench.save(request, [runId])).rejects.toThrow("duplicate");
    });
  });
}

function describeEmptying(bench: StoreBench): void {
  describe("a foreach that is emptied", () => {
    it("holds nothing more, however deep it was; all else stays", async () => {
      const runId = newRunId(0);
      const kept = ["each", "each2", "each2[0]", "each2[0].a", "a"];
      const held = ["each[0]", "each[0].a", "each[0].inner", "each[0].inner[10]", "each[0].inner[10].x", "each[12]"];
      await bench.create(
        newRun(
          runOf(runId),
          [...kept, ...held].map((key) => doneStep(runId, key)),
        ),
      );
      const lists = ["each", "each[0].inner", "each2"].map((key) => ({
        runId,
        stepKey: stepKeyOf(key),
        values: [key],
      }));
      await bench.save({ changed: [changeOf(runOf(runId))], items: lists }, [runId]);
      const itemsOf = lists.map(({ stepKey }) => ({ runId, stepKey, index: 0 }));
      const emptied = [{ runId, stepKey: stepKeyOf("each") }];
      const read = await bench.save({ changed: [changeOf(runOf(runId))], emptied, itemsOf }, [runId]);
      expect(read.items.map(({ stepKey }) => stepKey)).toEqual(["each2"]);
      expect(await bench.findKeys(runId)).toEqual(kept.toSorted());
    });

    it("within an item leaves the item, and the other items, as they are", async () => {
      const runId = newRunId(0);
      const kept = ["each[0]", "each[0].inner", "each[1].inner", "each[1].inner[0]", "each[10].inner[0]"];
      const held = ["each[0].inner[0]", "each[0].inner[0].x"];
      const elsewhere = newRunId(0);
      await bench.create(
        newRun(
          runOf(runId),
          [...kept, ...held].map((key) => doneStep(runId, key)),
        ),
        newRun(
          runOf(elsewhere),
          held.map((key) => doneStep(elsewhere, key)),
        ),
      );
      const emptied = [{ runId, stepKey: stepKeyOf("each[0].inner") }];
      await bench.save({ changed: [changeOf(runOf(runId))], emptied }, [runId]);
      expect([await bench.findKeys(runId), await bench.findKeys(elsewhere)]).toEqual([kept.toSorted(), held]);
    });

    it("can be filled anew by the same transaction", async () => {
      const runId = newRunId(0);
      const [foreach, item, inner] = [
        doneStep(runId, "each"),
        doneStep(runId, "each[0]"),
        doneStep(runId, "each[0].a"),
      ];
      await bench.create(newRun(runOf(runId), [foreach, item, inner]));
      const each = { runId, stepKey: stepKeyOf("each") };
      await bench.save({ changed: [changeOf(runOf(runId))], items: [{ ...each, values: ["old", "older"] }] }, [runId]);
      const created = [waitingStep(runId, "each[0]", BLOCK), readyStep(runId, "each[0].a")];
      const again = waitingStep(runId, "each", ITEMS);
      const read = await bench.save(
        {
          changed: [changeOf(runOf(runId), { created, steps: [again] })],
          emptied: [each],
          items: [{ ...each, values: ["new"] }],
          itemsOf: [0, 1].map((index) => ({ ...each, index })),
        },
        [runId],
      );
      expect(read.items).toEqual([{ ...each, index: 0, value: "new" }]);
      expect(byKey(await bench.loadSteps(runId))).toEqual(byKey([again, ...created]));
    });
  });
}

function byKey(steps: readonly Step[]): readonly Step[] {
  return steps.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

function byIndex(one: { readonly index: number }, other: { readonly index: number }): number {
  return one.index - other.index;
}
