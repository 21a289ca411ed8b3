import { isJsonObject, type JsonObject } from "../../src/domain/json.ts";
import type { AuditEvent, Json, Run, Step } from "./api-types.ts";
import { formatInstant } from "./format.ts";

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
 * @returns The key; the implicit step that makes the output of the run, or of an item, is called `output`.
 */
export function nameOfStep(step: string): string {
  return step.replace(/\w+:output$/, "output");
}

/**
 * Writes how far the items of a `foreach` have come.
 *
 * @param progress - Their counts.
 * @returns Those that are over, of all.
 */
export function writeProgress({ completed, failed, total }: NonNullable<Step["progress"]>): string {
  return `${completed + failed}/${total}`;
}

/**
 * Sums up what an event carries, in one line.
 *
 * @param event - The event.
 * @returns What a step waits for, or which signal came; else the message, if it has one; else its fields as `name: value`.
 */
export function describeEvent({ type, data }: AuditEvent): string {
  if (!isJsonObject(data)) return "";
  if (type === "STEP_WAITING") return describeWaiting(data);
  if (type === "SIGNAL_RECEIVED") return `signal ${plainText(data["name"])}, key ${plainText(data["idempotencyKey"])}`;
  const message = data["message"];
  const code = data["code"];
  if (typeof message === "string") return typeof code === "string" ? `${code}: ${message}` : message;
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${plainText(value)}`)
    .join(", ");
}

function describeWaiting({ for: kind, name, until, items }: JsonObject): string {
  const end = typeof until === "string" ? `until ${formatInstant(until)}` : "";
  if (kind === "items") return `waits for its ${plainText(items)} items`;
  if (kind === "signal") {
    return `waits for the signal ${plainText(name)} ${end === "" ? "for as long as it takes" : end}`;
  }
  return `waits ${end}`;
}

function plainText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
