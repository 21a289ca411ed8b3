import { type TestProjectInlineConfiguration, defineConfig } from "vitest/config";
import { FaultPlanReporter } from "./scripts/check/fault-plan-reporter.ts";
import { SummaryReporter } from "./scripts/check/summary-reporter.ts";
import { FAULT_PLAN } from "./tests/fault/fault-plan.ts";

interface Suite {
  readonly name: string;
  readonly testTimeoutMs: number;
  readonly hookTimeoutMs: number;
  /**
   * Suites that start real servers run one file at a time: two stacks would fight for two cores. Integration mostly
   * waits, and runs two (`test:integration`).
   */
  readonly isParallel: boolean;
}

const SUITES: readonly Suite[] = [
  { name: "unit", testTimeoutMs: 5_000, hookTimeoutMs: 5_000, isParallel: true },
  { name: "property", testTimeoutMs: 30_000, hookTimeoutMs: 5_000, isParallel: true },
  { name: "contract", testTimeoutMs: 60_000, hookTimeoutMs: 60_000, isParallel: false },
  { name: "integration", testTimeoutMs: 90_000, hookTimeoutMs: 90_000, isParallel: true },
  { name: "fault", testTimeoutMs: 90_000, hookTimeoutMs: 90_000, isParallel: false },
  { name: "browser", testTimeoutMs: 90_000, hookTimeoutMs: 90_000, isParallel: false },
];

function projectOf(suite: Suite): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: suite.name,
      include: [`tests/${suite.name}/**/*.test.ts`],
      environment: "node",
      testTimeout: suite.testTimeoutMs,
      hookTimeout: suite.hookTimeoutMs,
      fileParallelism: suite.isParallel,
      // A test that asserts nothing shows nothing, least of all that something survived.
      expect: { requireAssertions: suite.name === "fault" },
    },
  };
}

export default defineConfig({
  test: {
    projects: SUITES.map(projectOf),
    allowOnly: false,
    reporters: ["default", new SummaryReporter(), new FaultPlanReporter(FAULT_PLAN)],
    coverage: {
      provider: "v8",
      include: ["src/domain/**/*.ts", "src/language/**/*.ts", "src/recipe/**/*.ts"],
      reporter: ["text-summary", "html"],
      reportsDirectory: "coverage",
      thresholds: {
        "src/domain/**/*.ts": { branches: 100 },
        "src/language/**/*.ts": { lines: 90 },
        "src/recipe/**/*.ts": { lines: 90 },
      },
    },
  },
});
