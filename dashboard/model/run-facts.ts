import { isJsonObject } from "../../src/domain/json.ts";
import type { AuditEvent, Json, Run, Step } from "./api-types.ts";

/**
 * Chooses the step to look at first.
 *
 * @param run - The run.
 * @returns Key of the step that failed, else of one that is under way; null when the run's result says most.
 */
export function chooseStep(run: Run): string | null {
  if (run.status === "COMPLETED") return null;
  const failed = run.steps.find(({ key }) => key === run.error?.step);
  const order = ["FAILED", "RETRYING", "RUNNING", "WAITING"] as const;
  const current = order
    .map((status) => run.steps.find((step) => step.status === status))
    .find((step) => step !== undefined);
  return (failed ?? current)?.key ?? null;
}

/**
 * Finds the retry that comes next.
 *
 * @param run - The run.
 * @returns The step that waits for it, or null when none does.
 */
export function findNextRetry(run: Run): (Step & { readonly nextRetryAt: string }) | null {
  const waiting = run.steps.flatMap((step) =>
    step.nextRetryAt === null ? [] : [{ ...step, nextRetryAt: step.nextRetryAt }],
  );
  return waiting.toSorted((a, b) => (a.nextRetryAt < b.nextRetryAt ? -1 : 1))[0] ?? null;
}

/**
 * Names a step for people.
 *
 * @param step - The step's key.
 * @returns The key; of the implicit step that makes the run's output, `output`.
 */
export function nameOfStep(step: string): string {
  return step === "run:output" ? "output" : step;
}

/**
 * Sums up what an event carries, in one line.
 *
 * @param event - The event.
 * @returns The message, if it has one, else its fields as `name: value`.
 */
export function describeEvent({ data }: AuditEvent): string {
  if (!isJsonObject(data)) return "";
  const message = data["message"];
  const code = data["code"];
  if (typeof message === "string") return typeof code === "string" ? `${code}: ${message}` : message;
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${plainText(value)}`)
    .join(", ");
}

function plainText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
