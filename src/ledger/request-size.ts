import type { Json } from "../domain/json.ts";
import type { Assignment, Outcome } from "../domain/run/outcome.ts";
import type { LedgerRequest } from "./request.ts";

/** What a number, a name's quotes or a bracket come to, roughly. */
const SCALAR_BYTES = 8;

/**
 * Estimates what a request adds to the transaction that carries it: its payload as JSON, in bytes. It is counted, not
 * written, as it only decides where a batch is cut.
 *
 * @param request - A request.
 * @returns Bytes, right to within a factor of two for text without escapes.
 */
export function estimateBytes(request: LedgerRequest): number {
  if (request.type === "start") {
    return jsonBytes(request.input);
  }
  const { command } = request;
  if (command.type === "signal") {
    return jsonBytes(command.payload) + SCALAR_BYTES;
  }
  if (command.type !== "settle") {
    return SCALAR_BYTES;
  }
  const { outcome } = command;
  const output = jsonBytes(outputOf(outcome));
  const input = outcome.kind === "skipped" || outcome.input === undefined ? 0 : jsonBytes(outcome.input);
  return output + input + SCALAR_BYTES;
}

function outputOf(outcome: Outcome): Json {
  switch (outcome.kind) {
    case "completed":
      return outcome.output;
    case "waiting":
      return outcome.on.kind === "items" ? outcome.on.values : null;
    case "skipped":
    case "failed":
      return null;
  }
}

/** Outputs and inputs that many attempts read are counted once. */
const SHARED_BYTES = new WeakMap<object, number>();

/**
 * Estimates what an attempt takes along to its consumer: all that its expressions read.
 *
 * @param assignment - The attempt.
 * @returns Bytes, as `estimateBytes` counts them.
 */
export function estimateReadBytes({ scope }: Assignment): number {
  return [scope.input, scope.item, ...Object.values(scope.steps)].reduce<number>(
    (sum, value) => sum + sharedBytes(value),
    0,
  );
}

function sharedBytes(value: Json): number {
  if (typeof value !== "object" || value === null) {
    return jsonBytes(value);
  }
  const bytes = SHARED_BYTES.get(value) ?? jsonBytes(value);
  SHARED_BYTES.set(value, bytes);
  return bytes;
}

function jsonBytes(value: Json): number {
  if (typeof value === "string") {
    return value.length + SCALAR_BYTES;
  }
  if (typeof value !== "object" || value === null) {
    return SCALAR_BYTES;
  }
  let bytes = SCALAR_BYTES;
  for (const [name, member] of Object.entries(value)) {
    bytes += name.length + jsonBytes(member);
  }
  return bytes;
}
