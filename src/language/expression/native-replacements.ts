import { canonicalJson } from "../../domain/audit/chain.ts";
import type { Json } from "../../domain/json.ts";
import { ExpressionFailure } from "./expression-error.ts";
import { meterOf, type Focus, type Implementation, type NativeFunction } from "./natives.ts";

/** What a comparator of `$sort` is called through: a function or a lambda of JSONata. */
interface Callable {
  readonly apply: (self: unknown, args: readonly unknown[]) => unknown;
}

/**
 * Makes the functions that are written anew here, because the library's own take too much time or memory or cannot be
 * metered: `$sort` copies both halves for each entry it merges, `$distinct` compares everything with everything, and
 * `$now` and `$millis` read an instant that all evaluations of a compiled expression share.
 *
 * @param natives - The library's own, by name.
 * @returns The functions by name; they do what the library's do.
 */
export function createReplacements(natives: ReadonlyMap<string, NativeFunction>): ReadonlyMap<string, Implementation> {
  const format = natives.get("fromMillis")?.implementation;
  return new Map<string, Implementation>([
    ["sort", sortValues],
    ["distinct", findDistinct],
    ["millis", readMillis],
    [
      "now",
      function readNow(this: Focus, picture: unknown, timezone: unknown): unknown {
        return format?.call(this, readMillis.call(this), picture, timezone);
      },
    ],
  ]);
}

/** The same instant wherever an expression reads it. */
function readMillis(this: Focus): number {
  return this.environment.timestamp.getTime();
}

async function sortValues(this: Focus, values: unknown, comparator?: unknown): Promise<unknown> {
  if (!Array.isArray(values) || values.length <= 1) {
    return values;
  }
  const isAfter = isCallableComparator(comparator)
    ? async (left: unknown, right: unknown): Promise<boolean> => Boolean(await comparator.apply(this, [left, right]))
    : compareScalars(values);
  let runs: readonly unknown[][] = values.map((value: unknown) => [value]);
  while (runs.length > 1) {
    meterOf(this.environment).spend(values.length / 4);
    runs = await mergePairs(runs, isAfter);
  }
  return runs[0];
}

async function mergePairs(runs: readonly unknown[][], isAfter: IsAfter): Promise<unknown[][]> {
  const merged: unknown[][] = [];
  for (let index = 0; index < runs.length; index += 2) {
    merged.push(await mergeRuns(runs[index] ?? [], runs[index + 1] ?? [], isAfter));
  }
  return merged;
}

type IsAfter = (left: unknown, right: unknown) => boolean | Promise<boolean>;

/** Stable: of two that are equal, the one from the left comes first. */
async function mergeRuns(left: readonly unknown[], right: readonly unknown[], isAfter: IsAfter): Promise<unknown[]> {
  const merged: unknown[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (await isAfter(left[i], right[j])) {
      merged.push(right[j]);
      j += 1;
    } else {
      merged.push(left[i]);
      i += 1;
    }
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}

function compareScalars(values: readonly unknown[]): IsAfter {
  const areNumbers = values.every((value) => typeof value === "number");
  if (!areNumbers && !values.every((value) => typeof value === "string")) {
    const message = "$sort without a function sorts a list of numbers or a list of texts: give it a function";
    throw new ExpressionFailure("expression_failed", message);
  }
  return (left, right) => (areNumbers ? Number(left) > Number(right) : String(left) > String(right));
}

function findDistinct(this: Focus, values: unknown): unknown {
  if (!Array.isArray(values) || values.length <= 1) {
    return values;
  }
  const seen = new Set<string>();
  const isSequence = "sequence" in values && values.sequence === true;
  const distinct: unknown[] = isSequence ? this.createSequence() : [];
  for (const value of values) {
    const key = canonicalJson(asJson(value));
    if (!seen.has(key)) {
      seen.add(key);
      distinct.push(value);
    }
  }
  return distinct;
}

/** Functions are left out of JSON; two of them count as the same. */
function asJson(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value) ?? "null");
  return json;
}

function isCallableComparator(value: unknown): value is Callable {
  return (typeof value === "object" || typeof value === "function") && value !== null && "apply" in value;
}
