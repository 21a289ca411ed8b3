import type { Json } from "../../domain/json.ts";

/** A JSON value that has one plain text form, as headers, queries and forms need it. */
export type Scalar = string | number | boolean;

/**
 * Tells whether a value is text, a number, true or false.
 *
 * @param value - Any JSON value.
 * @returns False for null, lists and objects.
 */
export function isScalar(value: Json): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
