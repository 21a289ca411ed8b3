import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { CHILD_KEYWORDS, IN_PLACE_KEYWORDS } from "./input-schema-keywords.ts";

/** Costs above this are not told apart; it keeps sums of sums finite. */
const COST_MAX = 1_000_000;

/** Most schemas within one another, references written out; far above any that people write. */
const DEPTH_MAX = 200;

/**
 * Finds the schema that a `$ref` names.
 *
 * @param root - The whole schema.
 * @param ref - The reference.
 * @returns The schema, or null when the reference is not `#/$defs/...` or `#/definitions/...`, or names nothing.
 */
export function resolveRef(root: JsonObject, ref: string): Json | null {
  const match = /^#\/(\$defs|definitions)\/([^/%]+)$/.exec(ref);
  const [, keyword, name] = match ?? [];
  if (keyword === undefined || name === undefined) {
    return null;
  }
  const defined = root[keyword];
  const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
  return isJsonObject(defined) && Object.hasOwn(defined, key) ? (defined[key] ?? null) : null;
}

/**
 * Gives an upper bound of how many schemas are applied to each value of an input, references written out.
 *
 * @param schema - A schema whose references resolve; it need not be free of cycles.
 * @returns The bound; or why there is none: the schema refers to itself, or is nested too deeply to be walked.
 */
export function measureSchema(schema: JsonObject): number | "recursive" | "deep" {
  const meter = new SchemaMeter(schema);
  const cost = meter.measure(schema);
  return meter.isRecursive ? "recursive" : meter.isTooDeep ? "deep" : cost;
}

class SchemaMeter {
  isRecursive = false;
  isTooDeep = false;
  #depth = 0;
  readonly #root: JsonObject;
  readonly #known = new Map<string, number>();
  readonly #open = new Set<string>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  measure(schema: Json): number {
    if (!isJsonObject(schema)) {
      return 1;
    }
    if (this.#depth >= DEPTH_MAX) {
      this.isTooDeep = true;
      return COST_MAX;
    }
    this.#depth += 1;
    const cost = this.#measureParts(schema);
    this.#depth -= 1;
    return cost;
  }

  #measureParts(schema: JsonObject): number {
    const keywords = [...IN_PLACE_KEYWORDS, ...CHILD_KEYWORDS];
    const parts = [
      ...keywords.flatMap((keyword) => listEntries(schema[keyword])),
      ...listMembers(schema["dependentSchemas"]),
    ];
    const costs = parts.map((each) => this.measure(each));
    // A member is checked by its own schema only, so the dearest counts.
    const members = listMembers(schema["properties"]).map((each) => this.measure(each));
    const referred = typeof schema["$ref"] === "string" ? this.#measureRef(schema["$ref"]) : 0;
    const total = [...costs, referred].reduce((sum, each) => sum + each, 1);
    return Math.min(COST_MAX, total + members.reduce((most, each) => Math.max(most, each), 0));
  }

  #measureRef(ref: string): number {
    const known = this.#known.get(ref);
    if (known !== undefined) {
      return known;
    }
    if (this.#open.has(ref)) {
      this.isRecursive = true;
      return COST_MAX;
    }
    this.#open.add(ref);
    const cost = this.measure(resolveRef(this.#root, ref));
    this.#open.delete(ref);
    this.#known.set(ref, cost);
    return cost;
  }
}

/**
 * Lists what a keyword holds.
 *
 * @param value - Its value; undefined when the schema does not have the keyword.
 * @returns Its entries, or itself.
 */
export function listEntries(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) {
    return value;
  }
  return value === undefined ? [] : [value];
}

function listMembers(value: Json | undefined): readonly Json[] {
  return isJsonObject(value) ? Object.values(value) : [];
}
