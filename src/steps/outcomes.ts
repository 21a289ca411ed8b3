import type { Json } from "../domain/json.ts";
import type { Outcome, StepError } from "../domain/run/outcome.ts";
import type { WaitRequest } from "../domain/run/waiting.ts";
import { measureJson } from "../language/input-size.ts";
import { MESSAGE_LENGTH_MAX, OUTPUT_BYTES_MAX } from "./limits.ts";

type Failed = Extract<Outcome, { kind: "failed" }>;

/** What a failure can say beside its code and message. */
export interface FailureDetails {
  /** False when not given. */
  readonly retryable?: boolean;
  /** The wait the other side asked for, in ms. */
  readonly retryAfterMs?: number | null;
  readonly http?: StepError["http"];
  readonly input?: Json;
}

// NUL and lone surrogates are legal in JSON text but not in PostgreSQL's jsonb, where one of them would sink the
// whole batch of writes. JSON.stringify writes exactly these as \u0000 and \ud800 to \udfff; an even run of
// backslashes before the `u` is text that only looks like an escape.
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** The proof in an address of signals (src/api/signals/proof.ts), also where the address is part of another. */
const PROOF = /(signals(?:\/|%2F))[A-Za-z0-9_-]{70,}/gi;

/**
 * Makes the outcome of an attempt that succeeded, or of one whose output is too large to keep.
 *
 * @param output - The step's output.
 * @param input - What the attempt was given, for the record; not recorded when left out.
 * @returns `completed`, with characters that cannot be stored replaced by U+FFFD; or `failed`, not retryable, with
 *   `output_too_large`, or with `output_not_storable` when members would fall together by that.
 */
export function completed(output: Json, input?: Json): Outcome {
  const text = JSON.stringify(output);
  const bytes = new TextEncoder().encode(text).byteLength;
  const record = input === undefined ? {} : { input: toRecord(input) };
  if (bytes > OUTPUT_BYTES_MAX) {
    const message = `the output is ${bytes} bytes of JSON, more than the ${OUTPUT_BYTES_MAX} allowed: keep only the parts that later steps read`;
    return failed("output_too_large", message, record);
  }
  const stored = toStorable(output, text);
  if (stored !== output && measureJson(stored).valueCount < measureJson(output).valueCount) {
    const message =
      "the output has names that are the same once NUL characters and halves of surrogate pairs are replaced: rename one of them";
    return failed("output_not_storable", message, record);
  }
  return { kind: "completed", output: stored, ...record };
}

/**
 * Makes the outcome of an attempt that found what its step must wait for.
 *
 * @param on - What that is.
 * @param input - What the attempt was given, for the record; not recorded when left out.
 * @returns `waiting`, with characters that cannot be stored replaced by U+FFFD.
 */
export function waiting(on: WaitRequest, input?: Json): Outcome {
  return { kind: "waiting", on: toStorable(on), ...(input === undefined ? {} : { input: toRecord(input) }) };
}

/**
 * Makes the outcome of an attempt that failed.
 *
 * @param code - Stable, lower snake case.
 * @param message - For people: names the thing and the fix. Cut when overlong.
 * @param details - What else is known; not retryable unless it says so.
 * @returns The outcome.
 */
export function failed(code: string, message: string, details: FailureDetails = {}): Failed {
  const shown = maskProofs(message).slice(0, MESSAGE_LENGTH_MAX).replaceAll("\u0000", "\uFFFD").toWellFormed();
  return {
    kind: "failed",
    error: { code, message: shown, ...(details.http === undefined ? {} : { http: maskCall(details.http) }) },
    retryable: details.retryable ?? false,
    retryAfterMs: details.retryAfterMs ?? null,
    ...(details.input === undefined ? {} : { input: toRecord(details.input) }),
  };
}

/** Whoever may look at a run may not signal to it, so the record of what a step was given holds no address whole. */
function toRecord(input: Json): Json {
  const text = JSON.stringify(input);
  const masked = maskProofs(text);
  if (masked === text) {
    return toStorable(input, text);
  }
  const shown: Json = JSON.parse(masked);
  return toStorable(shown, masked);
}

function maskCall(call: NonNullable<StepError["http"]>): NonNullable<StepError["http"]> {
  return { ...call, url: maskProofs(call.url) };
}

function maskProofs(text: string): string {
  return text.replace(PROOF, "$1***");
}

function toStorable<Value>(value: Value, text: string = JSON.stringify(value)): Value {
  const storable = text.replace(UNSTORABLE, "$1\\ufffd");
  if (storable === text) {
    return value;
  }
  const replaced: Value = JSON.parse(storable);
  return replaced;
}
