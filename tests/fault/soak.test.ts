import { describe, expect, it } from "vitest";
import { LoadGenerator } from "../../scripts/bench/load-generator.ts";
import { judgeSoak, measureSoak, renderSoak } from "../../scripts/bench/soak.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

/** The first of them is for warming up. */
const MINUTES = 3.5;

/** Of a machine so busy that it takes three times as long. */
const TIMEOUT_MS = 3 * MINUTES * 60_000;

describe("the memory of the Worker under a steady load", () => {
  // What a process has is read from `/proc`.
  it.runIf(process.platform === "linux")(
    "settles, well below 512 MiB",
    async () => {
      const load = new LoadGenerator();
      try {
        const windows = await measureSoak({ stack: stack.stack, load, sql: stack.sql, scale: 1 }, MINUTES);
        expect(judgeSoak(windows), renderSoak(windows).join("\n")).toEqual([]);
      } finally {
        load.close();
      }
    },
    TIMEOUT_MS,
  );
});
