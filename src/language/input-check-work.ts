import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { IN_PLACE_KEYWORDS } from "./input-schema-keywords.ts";
import { listEntries, resolveRef } from "./input-schema-walk.ts";
import { measureJson } from "./input-size.ts";
import type { InputWork } from "./input-work.ts";
import { countTries } from "./linear-regex.ts";
import { toPointer } from "./recipe-issue.ts";

// What the checker does in a unit of work, as measured; where it depends, the worst.
const TRIES_PER_UNIT = 100;
const COUNTED_CHARACTERS_PER_UNIT = 500;
const FORMAT_CHARACTERS_PER_UNIT = 50;
/** Comparing takes less; but each failure writes all of an `enum` into its message. */
const WRITTEN_CHARACTERS_PER_UNIT = 100;
const COMPARED_VALUES_PER_UNIT = 20;
const NAMES_PER_UNIT = 5;
/** Each value of a list is compared with all entries after its own. */
const PAIRS_PER_UNIT = 30;
const PAIRED_CHARACTERS_PER_UNIT = 2000;

/**
 * Pays for checking an input against a schema, before that is done: walks both as the checker does, and adds up what
 * each keyword takes at most.
 *
 * @param schema - An input schema that `checkInputSchema` has passed.
 * @param input - The input with its defaults, of bounded size and depth.
 * @param options - What pays; and the number of instructions that each `pattern` compiles to.
 */
export function payForCheck(
  schema: JsonObject,
  input: Json,
  options: { readonly work: InputWork; readonly programSizes: ReadonlyMap<string, number> },
): void {
  new CheckPayer(schema, options.work, options.programSizes).pay(schema, input, "");
}

class CheckPayer {
  readonly #root: JsonObject;
  readonly #work: InputWork;
  readonly #programSizes: ReadonlyMap<string, number>;
  readonly #writtenLengths = new Map<Json, number>();
  readonly #memberCounts = new Map<JsonObject, number>();

  constructor(root: JsonObject, work: InputWork, programSizes: ReadonlyMap<string, number>) {
    this.#root = root;
    this.#work = work;
    this.#programSizes = programSizes;
  }

  pay(schema: Json | undefined, value: Json, path: string): void {
    if (isJsonObject(schema)) {
      this.#work.enter(path, () => {
        this.#payForWords(schema, value, path);
        this.#payInPlace(schema, value, path);
        this.#payByType(schema, value, path);
      });
    }
  }

  #payForWords(schema: JsonObject, value: Json, path: string): void {
    for (const compared of [schema["enum"], schema["const"]]) {
      if (compared !== undefined) {
        const length = this.#measureWritten(compared);
        this.#work.spend(length / WRITTEN_CHARACTERS_PER_UNIT, path);
        if (typeof value === "object" && value !== null) {
          this.#work.spend(length / COMPARED_VALUES_PER_UNIT, path);
        }
      }
    }
  }

  #payInPlace(schema: JsonObject, value: Json, path: string): void {
    if (typeof schema["$ref"] === "string") {
      this.pay(resolveRef(this.#root, schema["$ref"]) ?? undefined, value, path);
    }
    for (const keyword of IN_PLACE_KEYWORDS) {
      for (const each of listEntries(schema[keyword])) {
        this.pay(each, value, path);
      }
    }
  }

  #payByType(schema: JsonObject, value: Json, path: string): void {
    if (typeof value === "string") {
      this.#payForText(schema, value, path);
    } else if (Array.isArray(value)) {
      this.#payForList(schema, value, path);
    } else if (isJsonObject(value)) {
      this.#payForObject(schema, value, path);
    }
  }

  #payForText(schema: JsonObject, text: string, path: string): void {
    if (schema["minLength"] !== undefined || schema["maxLength"] !== undefined) {
      this.#work.spend(text.length / COUNTED_CHARACTERS_PER_UNIT, path);
    }
    if (schema["format"] !== undefined) {
      this.#work.spend(text.length / FORMAT_CHARACTERS_PER_UNIT, path);
    }
    if (typeof schema["pattern"] === "string") {
      const programSize = this.#programSizes.get(schema["pattern"]) ?? 0;
      this.#work.spend(1 + countTries(programSize, text.length) / TRIES_PER_UNIT, path);
    }
  }

  #payForList(schema: JsonObject, list: readonly Json[], path: string): void {
    if (schema["uniqueItems"] === true) {
      const { valueCount, characterCount } = measureJson(list);
      const perEntry = valueCount / PAIRS_PER_UNIT + characterCount / PAIRED_CHARACTERS_PER_UNIT;
      this.#work.spend(list.length * perEntry, path);
    }
    const first = listEntries(schema["prefixItems"]);
    for (const [index, entry] of list.entries()) {
      const at = `${path}/${index}`;
      this.pay(index < first.length ? first[index] : schema["items"], entry, at);
      this.pay(schema["contains"], entry, at);
      this.pay(schema["unevaluatedItems"], entry, at);
    }
  }

  #payForObject(schema: JsonObject, object: JsonObject, path: string): void {
    const names = Object.keys(object);
    const { properties, dependentSchemas } = schema;
    const looked = [properties, dependentSchemas].map((each) => (isJsonObject(each) ? this.#countMembers(each) : 0));
    this.#work.spend((names.length + sum(looked)) / NAMES_PER_UNIT, path);
    this.#payForRequired(schema, object, path);
    for (const name of names) {
      this.#payForMember(schema, name, object[name] ?? null, path);
    }
    if (isJsonObject(dependentSchemas)) {
      names.forEach((name) => this.pay(readOwn(dependentSchemas, name), object, path));
    }
  }

  /** Each name that is missing is an error of its own. */
  #payForRequired({ required, dependentRequired }: JsonObject, object: JsonObject, path: string): void {
    const dependents = isJsonObject(dependentRequired) ? Object.entries(dependentRequired) : [];
    this.#work.spend(dependents.length / NAMES_PER_UNIT, path);
    const lists = dependents.flatMap(([name, list]) => (Object.hasOwn(object, name) ? [list] : []));
    for (const list of [...lists, required]) {
      for (const name of listEntries(list)) {
        this.#work.spend(typeof name === "string" && Object.hasOwn(object, name) ? 1 / NAMES_PER_UNIT : 1, path);
      }
    }
  }

  #payForMember(schema: JsonObject, name: string, member: Json, path: string): void {
    const at = path + toPointer([name]);
    const own = isJsonObject(schema["properties"]) ? readOwn(schema["properties"], name) : undefined;
    for (const each of [own ?? schema["additionalProperties"], schema["unevaluatedProperties"]]) {
      if (each !== undefined) {
        // The place of the member is written out for each schema.
        this.#work.spend(name.length / WRITTEN_CHARACTERS_PER_UNIT, at);
        this.pay(each, member, at);
      }
    }
    if (schema["propertyNames"] !== undefined) {
      this.#work.spend(1 + name.length / WRITTEN_CHARACTERS_PER_UNIT, at);
      this.pay(schema["propertyNames"], name, at);
    }
  }

  #countMembers(part: JsonObject): number {
    const known = this.#memberCounts.get(part) ?? Object.keys(part).length;
    this.#memberCounts.set(part, known);
    return known;
  }

  #measureWritten(value: Json): number {
    const known = this.#writtenLengths.get(value);
    if (known !== undefined) {
      return known;
    }
    const length = JSON.stringify(value).length;
    this.#writtenLengths.set(value, length);
    return length;
  }
}

function readOwn(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
