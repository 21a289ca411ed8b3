import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type CommandEnd, runCommand } from "./run-command.ts";
import type { Stage } from "./stages.ts";
import { type NamedTest, SUMMARY_VARIABLE, SuiteSummary } from "./suite-summary.ts";

/** Where stages run, and the texts of the scripts in package.json by name. */
export interface Workplace {
  readonly root: string;
  readonly logFolder: string;
  readonly scripts: Readonly<Record<string, string>>;
}

/** What a stage came to. Problems are what failed, in words; there is one for each failure that was counted. */
export interface StageResult {
  readonly script: string;
  readonly passedCount: number;
  readonly problems: readonly string[];
  readonly skipped: readonly NamedTest[];
  readonly durationMs: number;
  readonly logPath: string;
}

type Outcome = Pick<StageResult, "passedCount" | "problems" | "skipped">;

/**
 * Runs one stage to its end.
 *
 * @param stage - A script that package.json has.
 * @param workplace - Where to run it.
 * @returns What it came to; this never throws for a stage that fails.
 */
export async function runStage(stage: Stage, workplace: Workplace): Promise<StageResult> {
  const startedAtMs = performance.now();
  const fileName = stage.script.replaceAll(":", "-");
  const logPath = join(workplace.logFolder, `${fileName}.log`);
  const summaryPath = join(workplace.logFolder, `${fileName}.json`);
  rmSync(summaryPath, { force: true });
  const text = workplace.scripts[stage.script];
  if (text === undefined)
    throw new Error(`package.json has no script "${stage.script}": add it, or take it out of stages.ts`);
  const end = await runCommand({
    line: text,
    cwd: workplace.root,
    env: { ...process.env, NO_COLOR: "1", [SUMMARY_VARIABLE]: summaryPath },
    logPath,
    timeoutMs: stage.timeoutMs,
  });
  const outcome = stage.kind === "suite" ? judgeSuite(end, readSummary(summaryPath)) : judgeCheck(end);
  return { script: stage.script, logPath, durationMs: performance.now() - startedAtMs, ...outcome };
}

function judgeCheck(end: CommandEnd): Outcome {
  const problem = describeEnd(end);
  return problem === null
    ? { passedCount: 1, problems: [], skipped: [] }
    : { passedCount: 0, problems: [problem], skipped: [] };
}

function judgeSuite(end: CommandEnd, summary: SuiteSummary | null): Outcome {
  const endProblem = describeEnd(end);
  if (summary === null) {
    return { passedCount: 0, problems: [endProblem ?? "no test was run"], skipped: [] };
  }
  const isEmpty = summary.passedCount + summary.failed.length + summary.skipped.length + summary.errors.length === 0;
  const named = [...summary.failed.map(({ name }) => name), ...summary.errors];
  // A suite can fail with every test green: by its coverage, or by its time.
  const unnamed = endProblem ?? (isEmpty ? "no test was run" : null);
  const problems = named.length === 0 && unnamed !== null ? [unnamed] : named;
  return { passedCount: summary.passedCount, problems, skipped: summary.skipped };
}

function describeEnd(end: CommandEnd): string | null {
  switch (end.kind) {
    case "timed_out":
      return "took longer than its limit and was ended";
    case "exited":
      return end.exitCode === 0 ? null : `exited with ${end.exitCode}`;
  }
}

function readSummary(path: string): SuiteSummary | null {
  return existsSync(path) ? SuiteSummary.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}
