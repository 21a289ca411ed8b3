import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type StageResult, runStage } from "../../../scripts/check/run-stage.ts";
import type { Stage } from "../../../scripts/check/stages.ts";
import type { SuiteSummary } from "../../../scripts/check/suite-summary.ts";

const logFolder = mkdtempSync(join(tmpdir(), "baton-run-stage-"));
const CLEAN: SuiteSummary = { passedCount: 2, failed: [], skipped: [], errors: [] };

function run(kind: Stage["kind"], text: string): Promise<StageResult> {
  const stage: Stage = { kind, script: "stage", timeoutMs: 4_000 };
  return runStage(stage, { root: logFolder, logFolder, scripts: { stage: text } });
}

function endingWith(summary: SuiteSummary, exitCode: number): string {
  return `echo '${JSON.stringify(summary)}' > "$BATON_TEST_SUMMARY"; exit ${exitCode}`;
}

describe("a check", () => {
  it("counts as one passed or one failed", async () => {
    expect(await run("check", "exit 0")).toMatchObject({ passedCount: 1, problems: [] });
    expect(await run("check", "exit 3")).toMatchObject({ passedCount: 0, problems: ["exited with 3"] });
  });

  it("that package.json does not have is an error that names it", async () => {
    const stage: Stage = { kind: "check", script: "gone", timeoutMs: 4_000 };
    await expect(runStage(stage, { root: logFolder, logFolder, scripts: {} })).rejects.toThrow('no script "gone"');
  });
});

describe("a suite", () => {
  it("counts each test, and keeps why some were skipped", async () => {
    const skipped = [{ name: "tests/a.test.ts > opens", note: "no browser" }];
    const failed = [{ name: "tests/a.test.ts > closes", note: "timeout" }];
    expect(await run("suite", endingWith({ ...CLEAN, failed, skipped }, 1))).toMatchObject({
      passedCount: 2,
      problems: ["tests/a.test.ts > closes"],
      skipped,
    });
  });

  it("in which a file does not load has failed", async () => {
    const errors = ["tests/a.test.ts: cannot find module"];
    expect(await run("suite", endingWith({ ...CLEAN, errors }, 1))).toMatchObject({ passedCount: 2, problems: errors });
  });

  it("that fails with every test green, as by its coverage, has failed", async () => {
    expect(await run("suite", endingWith(CLEAN, 1))).toMatchObject({ passedCount: 2, problems: ["exited with 1"] });
  });

  it("that ran no test has failed, whatever its exit code", async () => {
    expect(await run("suite", "exit 0")).toMatchObject({ passedCount: 0, problems: ["no test was run"] });
    const empty: SuiteSummary = { ...CLEAN, passedCount: 0 };
    expect(await run("suite", endingWith(empty, 0))).toMatchObject({ passedCount: 0, problems: ["no test was run"] });
  });
});
