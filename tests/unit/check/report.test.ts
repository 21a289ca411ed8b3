import { describe, expect, it } from "vitest";
import { closingLine } from "../../../scripts/check/report.ts";
import type { StageResult } from "../../../scripts/check/run-stage.ts";

const STAGE: StageResult = {
  script: "stage",
  passedCount: 2,
  problems: [],
  skipped: [],
  durationMs: 10,
  logPath: "stage.log",
};

describe("the closing line", () => {
  it("adds up all stages", () => {
    expect(closingLine([STAGE, { ...STAGE, passedCount: 1, problems: ["a", "b"] }])).toBe("3 passed, 2 failed");
  });

  it("says how many tests were skipped when some were", () => {
    const skipped = [{ name: "opens", note: "no browser" }];
    expect(closingLine([STAGE, { ...STAGE, skipped }])).toBe("4 passed, 0 failed, 1 skipped");
  });
});
