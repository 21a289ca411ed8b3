import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { CHILD_KEYWORDS, IN_PLACE_KEYWORDS } from "./input-schema-keywords.ts";

/** Costs above this are not told apart; it keeps sums of sums finite. */
const COST_MAX = 1_000_000;

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
 * Gives an upper bound of how many times a schema is applied to each value of an input, references written out. What
 * checking takes is at most that times the number of values.
 *
 * @param schema - A schema whose references resolve; it need not be free of cycles.
 * @returns The bound; null when the schema refers to itself, so that there is none.
 */
export function measureSchema(schema: JsonObject): number | null {
  const meter = new SchemaMeter(schema);
  const cost = meter.measure(schema);
  return meter.isRecursive ? null : cost;
}

class SchemaMeter {
  isRecursive = false;
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
    const keywords = [...IN_PLACE_KEYWORDS, ...CHILD_KEYWORDS];
    const parts = [
      ...keywords.flatMap((keyword) => listSchemas(schema[keyword])),
      ...listMembers(schema["dependentSchemas"]),
    ];
    const costs = parts.map((each) => this.measure(each));
    // A member is checked by its own schema only, so the dearest counts.
    const members = listMembers(schema["properties"]).map((each) => this.measure(each));
    const compared = Array.isArray(schema["enum"]) ? schema["enum"].length : 0;
    const referred = typeof schema["$ref"] === "string" ? this.#measureRef(schema["$ref"]) : 0;
    const total = [...costs, compared, referred].reduce((sum, each) => sum + each, 1);
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

/** The schemas that are the value of a keyword: itself, or its entries. */
function listSchemas(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) {
    return value;
  }
  return value === undefined ? [] : [value];
}

function listMembers(value: Json | undefined): readonly Json[] {
  return isJsonObject(value) ? Object.values(value) : [];
}
