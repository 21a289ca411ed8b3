import { describe, expect, it } from "vitest";
import type { RunId } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import { containerOf } from "../../../src/domain/path.ts";
import type { SaveRequest } from "../../../src/ledger/ports.ts";
import { stepKeyOf } from "../../support/ids.ts";
import {
  canceledStep,
  changeOf,
  doneStep,
  failedStep,
  newRun,
  newRunId,
  ODD_VALUES,
  runOf,
  skippedStep,
  STEP_ERROR,
} from "./rows.ts";
import type { StoreBench } from "./store-bench.ts";

/**
 * Describes what the store makes of the outputs of items: that of their `foreach`.
 *
 * @param bench - The store that is tested.
 */
export function describeGathering(bench: StoreBench): void {
  describe("the output of a foreach", () => {
    it("lists what its items came to in their order, those that failed by their errors", async () => {
      const runId = newRunId(0);
      const outputs: readonly Json[] = [...ODD_VALUES, "of the tenth or later", "and so on"];
      const items = outputs.flatMap((_, index) => [
        doneStep(runId, `each[${index}]`),
        doneStep(runId, `each[${index}].a`),
        doneStep(runId, `each[${index}].b`),
      ]);
      const failed = outputs.length;
      const rows = [
        doneStep(runId, "each"),
        failedStep(runId, `each[${failed}]`),
        failedStep(runId, `each[${failed}].a`),
        canceledStep(runId, `each[${failed}].b`),
        doneStep(runId, `each[${failed + 1}]`),
        skippedStep(runId, `each[${failed + 1}].b`),
        doneStep(runId, `each[${failed + 2}]`),
        failedStep(runId, `each[${failed + 2}].b`),
        ...items.toReversed(),
      ];
      const written = outputs.flatMap((output, index) => [
        { key: `each[${index}].a`, output: "not this" },
        { key: `each[${index}].b`, output },
      ]);
      await bench.create(newRun(runOf(runId), rows));
      const gathered = await gather(bench, runId, { written, gathers: { each: "b" } });
      const error = { code: STEP_ERROR.code, message: STEP_ERROR.message };
      expect(gathered).toEqual({ each: [...outputs, { error }, null, null] });
    });

    it("is null for an item whose output was skipped, whatever an earlier attempt left", async () => {
      const runId = newRunId(0);
      await bench.create(
        newRun(
          runOf(runId),
          ["each", "each[0]", "each[0].a"].map((key) => doneStep(runId, key)),
        ),
      );
      const written = [{ key: "each[0].a", output: "from the first attempt" }];
      expect(await gather(bench, runId, { written, gathers: { each: "a" } })).toEqual({
        each: ["from the first attempt"],
      });
      await bench.save({ changed: [changeOf(runOf(runId), { steps: [skippedStep(runId, "each[0].a")] })] }, [runId]);
      expect(await gather(bench, runId, { written: [], gathers: { each: "a" } })).toEqual({ each: [null] });
    });

    it("is an empty list when there are no items, and that of another foreach is left alone", async () => {
      const runId = newRunId(0);
      await bench.create(
        newRun(
          runOf(runId),
          ["each", "each2", "each2[0]", "each2[0].a"].map((key) => doneStep(runId, key)),
        ),
      );
      const written = [
        { key: "each2[0].a", output: 1 },
        { key: "each2", output: "as it was" },
      ];
      expect(await gather(bench, runId, { written, gathers: { each: "a" } })).toEqual({
        each: [],
        each2: "as it was",
      });
    });

    it("holds those of the foreach steps within its items, which end in the same transaction", async () => {
      const runId = newRunId(0);
      const places = [0, 1].flatMap((outer) => [0, 1].map((index) => `each[${outer}].inner[${index}]`));
      const keys = ["each", "each[0]", "each[1]", "each[0].inner", "each[1].inner", ...places];
      const inner = [...places, ...places.map((place) => `${place}.x`)];
      const rows = [...new Set([...keys, ...inner])].map((key) => doneStep(runId, key));
      const written = places.map((place) => ({ key: `${place}.x`, output: place }));
      await bench.create(newRun(runOf(runId), rows));
      const gathers = { each: "inner", "each[1].inner": "x", "each[0].inner": "x" };
      expect(await gather(bench, runId, { written, gathers })).toEqual({
        each: [places.slice(0, 2), places.slice(2)],
        "each[0].inner": places.slice(0, 2),
        "each[1].inner": places.slice(2),
      });
    });
  });
}

interface Gathering {
  /** Outputs that are written in the same transaction. */
  readonly written: readonly { readonly key: string; readonly output: Json }[];
  /** Nodes by `foreach`: what is gathered. */
  readonly gathers: Readonly<Record<string, string>>;
}

/** Gathers, and gives the outputs of what was written or gathered at the root and of each `foreach`. */
async function gather(bench: StoreBench, runId: RunId, { written, gathers }: Gathering): Promise<Record<string, Json>> {
  const keys = [...new Set([...written.map(({ key }) => key), ...Object.keys(gathers)])].map(stepKeyOf);
  const { steps } = await bench.find(runId, { keys });
  const payloads: SaveRequest["payloads"] = [
    ...Object.entries(gathers).map(([key, node]) => ({ runId, stepKey: stepKeyOf(key), gather: node })),
    ...written.map(({ key, output }) => ({ runId, stepKey: stepKeyOf(key), output })),
  ];
  const shown = keys.filter((key) => key in gathers || containerOf(key) === null);
  const resultsOf = shown.map((stepKey) => ({ runId, stepKey }));
  const request = { changed: [changeOf(runOf(runId), { steps })], payloads, resultsOf };
  const { results } = await bench.save(request, [runId]);
  return Object.fromEntries(results.map(({ stepKey, output }) => [stepKey, output]));
}
