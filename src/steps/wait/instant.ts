import type { Json } from "../../domain/json.ts";
import { explainDuration, formatDuration, parseDuration } from "../../language/durations.ts";
import { isInstant } from "../../language/expression/formats/date-fields.ts";
import { FormatFault } from "../../language/expression/formats/format-fault.ts";
import { parseIsoDate } from "../../language/expression/formats/iso-date.ts";

/** How far ahead a wait may end: ten years, in ms. */
export const WAIT_MS_MAX = 3653 * 24 * 60 * 60_000;

/** A number, or what is wrong with the text that should be one, and what to write instead. */
export type Read =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Epoch seconds are below, epoch milliseconds since March 1973 above. */
const EPOCH_MS_MIN = 100_000_000_000;

const DATE_FIRST = /^\d{4}-\d\d-\d\d/;

/**
 * Reads how long to wait.
 *
 * @param value - As written or resolved.
 * @returns Milliseconds, at most `WAIT_MS_MAX`.
 */
export function readWaitDuration(value: Json): Read {
  const ms = typeof value === "string" ? parseDuration(value) : null;
  if (ms === null) {
    return { ok: false, message: `${show(value)} is no duration`, hint: explainDuration(value) };
  }
  return ms <= WAIT_MS_MAX
    ? { ok: true, ms }
    : { ok: false, message: `${show(value)} is too long`, hint: `use at most \`${formatDuration(WAIT_MS_MAX)}\`` };
}

/**
 * Reads an instant to wait for.
 *
 * @param value - As written or resolved: ISO 8601 (UTC where it has no offset), or epoch milliseconds.
 * @returns Epoch milliseconds.
 */
export function readWaitInstant(value: Json): Read {
  if (typeof value === "number" && isInstant(value)) {
    return value >= EPOCH_MS_MIN
      ? { ok: true, ms: Math.floor(value) }
      : { ok: false, message: `${value} milliseconds are long before now`, hint: "multiply seconds by 1000" };
  }
  if (typeof value !== "string" || !DATE_FIRST.test(value)) {
    const hint = "write it in ISO 8601, such as `2026-12-24T18:00:00Z`, or as epoch milliseconds";
    return { ok: false, message: `${show(value)} is no instant`, hint };
  }
  try {
    return { ok: true, ms: parseIsoDate(value) };
  } catch (error) {
    if (!(error instanceof FormatFault)) {
      throw error;
    }
    const hint = "write it in ISO 8601, such as `2026-12-24T18:00:00Z`";
    return { ok: false, message: `${show(value)} is no instant, or one that does not exist`, hint };
  }
}

const SHOWN_LENGTH_MAX = 60;

function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}...` : text;
}
