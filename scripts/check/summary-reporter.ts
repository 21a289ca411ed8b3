import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { type NamedTest, SUMMARY_VARIABLE, type SuiteSummary } from "./suite-summary.ts";

/** Counts the tests of a run, with the reasons of those that were skipped, for the closing line of `npm test`. */
export class SummaryReporter implements Reporter {
  #root = process.cwd();

  /**
   * Takes note of the folder from which files are named.
   *
   * @param vitest - The run that is about to start.
   */
  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
  }

  /**
   * Writes the summary once all tests have ended.
   *
   * @param modules - The test files of the run.
   * @param unhandled - Errors that belong to no test.
   */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const path = process.env[SUMMARY_VARIABLE];
    if (path === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const loading = modules.flatMap((module) =>
      module.errors().map((error) => `${this.#fileOf(module)}: ${error.message}`),
    );
    const summary: SuiteSummary = {
      passedCount: tests.filter((test) => test.result().state === "passed").length,
      failed: tests.filter((test) => isUnsettled(test)).map((test) => this.#named(test)),
      skipped: tests.filter((test) => test.result().state === "skipped").map((test) => this.#named(test)),
      errors: [...loading, ...unhandled.map((error) => error.message)],
    };
    writeFileSync(path, JSON.stringify(summary));
  }

  #fileOf(module: TestModule): string {
    return relative(this.#root, module.moduleId);
  }

  #named(test: TestCase): NamedTest {
    const result = test.result();
    const note = result.state === "skipped" ? result.note : result.errors?.[0]?.message;
    return { name: `${this.#fileOf(test.module)} > ${test.fullName}`, note: note ?? null };
  }
}

// A test that is still pending when the run has ended was cut off, which is a failure too.
function isUnsettled(test: TestCase): boolean {
  const { state } = test.result();
  return state === "failed" || state === "pending";
}
