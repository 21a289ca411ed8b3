import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { resolveRef } from "./input-schema-walk.ts";
import { measureJson } from "./input-size.ts";
import { InputTooCostly, type InputWork } from "./input-work.ts";
import { toPointer } from "./recipe-issue.ts";

/** Most characters that defaults may add to an input: what an input may have itself. */
const DEFAULT_CHARACTERS_MAX = 256 * 1024;

const CHARACTERS_PER_UNIT = 100;
const NAMES_PER_UNIT = 10;
const COPY_UNITS = 2;

/**
 * Fills in the defaults of members that are missing, at every depth; a default is completed by the defaults within its
 * own schema.
 *
 * @param schema - An input schema whose references resolve.
 * @param input - What the client sent; it is not changed.
 * @param work - What pays for looking and for what is added.
 * @returns The input with defaults. Throws an `InputTooCostly` when they would be too many or too long.
 */
export function fillDefaults(schema: JsonObject, input: Json, work: InputWork): Json {
  return new DefaultsFiller(schema, work).fill(schema, input, "");
}

class DefaultsFiller {
  readonly #root: JsonObject;
  readonly #work: InputWork;
  readonly #entries = new Map<JsonObject, readonly [string, Json][]>();
  #characterCount = 0;

  constructor(root: JsonObject, work: InputWork) {
    this.#root = root;
    this.#work = work;
  }

  fill(schema: Json | undefined, value: Json, path: string): Json {
    return isJsonObject(schema) ? this.#work.enter(path, () => this.#fillIn(schema, value, path)) : value;
  }

  #fillIn(schema: JsonObject, value: Json, path: string): Json {
    const target = typeof schema["$ref"] === "string" ? resolveRef(this.#root, schema["$ref"]) : null;
    const own = target === null ? value : this.fill(target, value, path);
    const { items, properties } = schema;
    if (Array.isArray(own)) {
      return items === undefined ? own : own.map((entry: Json, index) => this.fill(items, entry, `${path}/${index}`));
    }
    return isJsonObject(own) && isJsonObject(properties) ? this.#fillMembers(properties, own, path) : own;
  }

  #fillMembers(properties: JsonObject, value: JsonObject, path: string): JsonObject {
    const members = new Map(Object.entries(value));
    const known = this.#listEntries(properties);
    this.#work.spend(COPY_UNITS + (known.length + members.size) / NAMES_PER_UNIT, path);
    for (const [name, schema] of known) {
      const given = members.get(name);
      const member = given === undefined ? this.#takeDefault(schema, path) : given;
      if (member !== undefined) {
        members.set(name, this.fill(schema, member, path + toPointer([name])));
      }
    }
    return Object.fromEntries(members);
  }

  #listEntries(properties: JsonObject): readonly [string, Json][] {
    const known = this.#entries.get(properties) ?? Object.entries(properties);
    this.#entries.set(properties, known);
    return known;
  }

  #takeDefault(schema: Json, path: string): Json | undefined {
    const value = isJsonObject(schema) ? schema["default"] : undefined;
    if (value === undefined) {
      return undefined;
    }
    const { valueCount, characterCount } = measureJson(value);
    this.#work.spend(valueCount + characterCount / CHARACTERS_PER_UNIT, path);
    this.#characterCount += characterCount;
    if (this.#characterCount > DEFAULT_CHARACTERS_MAX) {
      const message = `the defaults of the input schema add more than ${DEFAULT_CHARACTERS_MAX / 1024} KiB to this input: use fewer, or shorter ones`;
      throw new InputTooCostly(path, message);
    }
    return value;
  }
}
