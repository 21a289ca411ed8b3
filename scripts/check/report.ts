import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { relative } from "node:path";
import type { StageResult } from "./run-stage.ts";

const TAIL_BYTES_MAX = 12_000;
const TAIL_LINES_MAX = 60;
const PROBLEMS_SHOWN_MAX = 20;

/**
 * Prints one line for a stage; for one that failed also what failed and the end of its log.
 *
 * @param result - A stage that has ended.
 * @param root - The folder from which paths are shown.
 */
export function printResult(result: StageResult, root: string): void {
  const isPassed = result.problems.length === 0;
  const seconds = (result.durationMs / 1_000).toFixed(1);
  const counts = `${result.passedCount} passed, ${result.problems.length} failed`;
  console.log(`${isPassed ? "ok  " : "FAIL"} ${result.script.padEnd(18)} ${seconds.padStart(6)} s  ${counts}`);
  if (isPassed) return;
  console.log(`---- end of ${relative(root, result.logPath)}`);
  console.log(tailOf(result.logPath));
  console.log(`---- ${result.script}: what failed`);
  for (const problem of result.problems.slice(0, PROBLEMS_SHOWN_MAX)) console.log(`  ${problem}`);
  const hiddenCount = result.problems.length - PROBLEMS_SHOWN_MAX;
  if (hiddenCount > 0) console.log(`  and ${hiddenCount} more`);
}

/**
 * Prints each test that was skipped, with its reason.
 *
 * @param results - All stages.
 */
export function printSkipped(results: readonly StageResult[]): void {
  for (const { name, note } of results.flatMap(({ skipped }) => skipped)) {
    console.log(`skipped: ${name} (${note ?? "no reason given"})`);
  }
}

/**
 * Adds up all stages.
 *
 * @param results - All stages.
 * @returns The last line of the run, such as `412 passed, 0 failed`, with `, 3 skipped` after it if there are any.
 */
export function closingLine(results: readonly StageResult[]): string {
  const passedCount = sum(results.map((result) => result.passedCount));
  const failedCount = sum(results.map((result) => result.problems.length));
  const skippedCount = sum(results.map((result) => result.skipped.length));
  const line = `${passedCount} passed, ${failedCount} failed`;
  return skippedCount === 0 ? line : `${line}, ${skippedCount} skipped`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function tailOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(TAIL_BYTES_MAX);
    const offset = Math.max(0, fstatSync(file).size - TAIL_BYTES_MAX);
    const length = readSync(file, bytes, 0, TAIL_BYTES_MAX, offset);
    return bytes.subarray(0, length).toString("utf8").trimEnd().split("\n").slice(-TAIL_LINES_MAX).join("\n");
  } finally {
    closeSync(file);
  }
}
