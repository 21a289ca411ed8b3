import type { Json } from "../../domain/json.ts";
import { isScalar } from "./scalar.ts";

/** Statuses that count as success: numbers such as `404`, and classes such as `2xx`. Never empty. */
export type ExpectedStatuses = readonly string[];

const STATUS = /^[1-5](?:xx|\d\d)$/;

/**
 * Reads the `expect` parameter of an `http` step.
 *
 * @param value - As resolved: a status, a class or a list of them; undefined means `2xx`.
 * @returns The statuses, or null when the value is none of these.
 */
export function parseExpected(value: Json | undefined): ExpectedStatuses | null {
  if (value === undefined) {
    return ["2xx"];
  }
  const items: readonly Json[] = Array.isArray(value) ? value : [value];
  const statuses = items.filter(isScalar).map((item) => String(item).toLowerCase());
  const areAllRead = statuses.length === items.length && statuses.every((status) => STATUS.test(status));
  return areAllRead && statuses.length > 0 ? statuses : null;
}

/**
 * Tells whether a status counts as success.
 *
 * @param expected - What the step expects.
 * @param status - What came.
 * @returns Whether the one covers the other.
 */
export function isExpected(expected: ExpectedStatuses, status: number): boolean {
  const text = String(status);
  return expected.includes(text) || expected.includes(`${text.slice(0, 1)}xx`);
}
