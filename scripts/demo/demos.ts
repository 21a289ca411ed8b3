import type { RunView } from "./api-client.ts";

/** The demo workflows, in the order in which they run. */
export const DEMO_NAMES = ["joke", "user", "cat", "todo", "multi-step"] as const;

/** Name of a demo workflow. */
export type DemoName = (typeof DEMO_NAMES)[number];

/** Attempts that the step `flaky` of `multi-step` needs: it fails twice. */
const FLAKY_ATTEMPTS = 3;

/**
 * Tells what is wrong with how a demo's run ended.
 *
 * @param name - The demo.
 * @param run - Its run, ended.
 * @returns One sentence, or null when all is as expected.
 */
export function complaintAbout(name: DemoName, run: RunView): string | null {
  if (run.status !== "COMPLETED") {
    return failureOf(run);
  }
  if (name !== "multi-step") {
    return null;
  }
  const flaky = run.steps.find((step) => step.key === "flaky");
  if (flaky !== undefined && flaky.attempt >= FLAKY_ATTEMPTS) {
    return null;
  }
  return `step flaky should have taken ${FLAKY_ATTEMPTS} attempts, it took ${flaky?.attempt ?? 0}`;
}

function failureOf(run: RunView): string {
  const { error } = run;
  if (error === null) {
    return run.status;
  }
  const step = run.steps.find(({ key }) => key === error.step);
  const attempts = step === undefined ? "" : ` (attempt ${step.attempt}/${step.maxAttempts})`;
  return `${run.status}${error.step === null ? "" : ` at step ${error.step}`}${attempts}: ${error.message}`;
}
