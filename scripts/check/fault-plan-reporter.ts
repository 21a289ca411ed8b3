import { basename } from "node:path";
import type { Reporter, TestModule, Vitest } from "vitest/node";

/** A crash window and the file its tests are in. */
export interface PlannedWindow {
  readonly window: string;
  readonly file: string;
}

/** A test that passed. */
export interface PassedTest {
  readonly name: string;
  readonly file: string;
}

const PROJECT = "fault";

/**
 * Finds the crash windows whose healing nobody has seen in a run.
 *
 * @param plan - All windows.
 * @param files - The test files that ran; windows of others are not looked at.
 * @param passed - The tests that passed.
 * @returns One sentence for each window without a test.
 */
export function findUntested(
  plan: readonly PlannedWindow[],
  files: ReadonlySet<string>,
  passed: readonly PassedTest[],
): readonly string[] {
  return plan
    .filter(({ file }) => files.has(file))
    .filter(({ window, file }) => !passed.some((test) => test.file === file && test.name.startsWith(window)))
    .map(({ window, file }) => `no test of the crash window "${window}" passed in ${file}`);
}

/** Fails a run of fault tests when one of their crash windows has no test that ran and passed. */
export class FaultPlanReporter implements Reporter {
  readonly #plan: readonly PlannedWindow[];
  #isWhole = true;

  constructor(plan: readonly PlannedWindow[]) {
    this.#plan = plan;
  }

  /**
   * Takes note of whether only some tests are wanted.
   *
   * @param vitest - The run that is about to start.
   */
  onInit(vitest: Vitest): void {
    this.#isWhole = vitest.config.testNamePattern === undefined;
  }

  /**
   * Compares what ran with the plan.
   *
   * @param modules - The test files of the run.
   */
  onTestRunEnd(modules: readonly TestModule[]): void {
    const fault = modules.filter(({ project }) => project.name === PROJECT);
    const files = new Set(fault.map(({ moduleId }) => basename(moduleId)));
    const passed = fault.flatMap(({ moduleId, children }) =>
      [...children.allTests("passed")].map(({ name }) => ({ name, file: basename(moduleId) })),
    );
    const untested = this.#isWhole ? findUntested(this.#plan, files, passed) : [];
    if (untested.length > 0) {
      process.stderr.write(`${untested.join("\n")}\n`);
      process.exitCode = 1;
    }
  }
}
