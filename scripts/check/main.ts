import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { closingLine, printResult, printSkipped } from "./report.ts";
import { endAllCommands } from "./run-command.ts";
import { type StageResult, type Workplace, runStage } from "./run-stage.ts";
import { CHECKS, SUITES, type Stage } from "./stages.ts";

const CHECKS_AT_ONCE = 2;
const EXIT_USAGE = 2;
const Package = z.object({ scripts: z.record(z.string(), z.string()) });

const [part, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (part !== undefined && part !== "checks" && part !== "suites")) {
  console.error("usage: npm test [-- checks|suites]");
  process.exit(EXIT_USAGE);
}
process.once("SIGINT", () => abort(130));
process.once("SIGTERM", () => abort(143));
process.exitCode = await main(part);

async function main(only: "checks" | "suites" | undefined): Promise<number> {
  const root = join(import.meta.dirname, "..", "..");
  const { scripts } = Package.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const workplace = { root, scripts, logFolder: join(root, ".baton", "check") };
  mkdirSync(workplace.logFolder, { recursive: true });
  const checks = only === "suites" ? [] : await runAll(CHECKS, CHECKS_AT_ONCE, workplace);
  const suites = only === "checks" ? [] : await runAll(SUITES, 1, workplace);
  const results = [...checks, ...suites];
  printSkipped(results);
  console.log(closingLine(results));
  return results.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

async function runAll(stages: readonly Stage[], atOnce: number, workplace: Workplace): Promise<readonly StageResult[]> {
  const waiting = [...stages];
  const results: StageResult[] = [];
  async function runNext(): Promise<void> {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      const result = await runStage(stage, workplace);
      printResult(result, workplace.root);
      results.push(result);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runNext));
  return results;
}

function abort(exitCode: number): void {
  endAllCommands();
  console.error("\nInterrupted: the stage that was running has been ended.");
  process.exit(exitCode);
}
