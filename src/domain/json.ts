/** Any value that JSON can carry. Payloads (inputs, outputs, templates) are always of this type. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Tells whether a JSON value is an object (not an array, not null).
 *
 * @param value - The value to look at.
 * @returns Whether its members can be read by name.
 */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
