import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { fillDefaults } from "./input-defaults.ts";
import { FORMATS, KEYWORDS, REFUSED_KEYWORDS, TYPES, type KeywordKind } from "./input-schema-keywords.ts";
import { measureSchema, resolveRef } from "./input-schema-walk.ts";
import { InputTooCostly, InputWork } from "./input-work.ts";
import { LinearRegexCompiler, RegexRefusal } from "./linear-regex.ts";
import type { Finding, RecipePath } from "./recipe-issue.ts";
import { suggestHint } from "./suggest.ts";

/** Most schemas that may apply to one value of an input; more are a mistake, or an attack. */
const APPLIED_MAX = 1000;

const PATTERN_LENGTH_MAX = 500;

/** Of all patterns of a schema: compiling them takes some 50 ms, 250 ms where case does not count, and they stay in memory. */
const PATTERN_BOUNDS = {
  lengthMax: Infinity,
  rangesMax: 4000,
  foldedRangesMax: 100,
  programSizeMax: 10_000,
  programSizesMax: 20_000,
  tooLarge: "a pattern takes at most 10000 instructions, and the patterns of the schema 20000 instructions together",
};

/** What checking schemas may take: those that belong together share it. */
export class SchemaWork {
  readonly patterns = new LinearRegexCompiler(PATTERN_BOUNDS);
  readonly defaults = new InputWork();
}

/**
 * Checks that the `input` of a recipe, or what stands for the shape of another value, is a JSON Schema that can be
 * checked against in bounded time.
 *
 * @param schema - The schema; undefined when there is none. What is no object is left to the check of the shape.
 * @param path - Where it is in the recipe.
 * @param options - What it is called in messages, and what checking it may take.
 * @returns Findings with the code `input_schema`.
 */
export function checkInputSchema(
  schema: Json | undefined,
  path: RecipePath,
  options: { readonly name: string; readonly work: SchemaWork } = { name: "input schema", work: new SchemaWork() },
): readonly Finding[] {
  if (!isJsonObject(schema)) {
    return [];
  }
  const checker = new SchemaChecker(schema, options);
  checker.checkSchema(schema, path);
  if (checker.findings.length === 0) {
    checker.checkSize(schema, path);
  }
  return checker.findings;
}

/** Keywords whose value has a meaning of its own. */
type WordKind = "format" | "pattern" | "ref" | "type";

/** Keywords whose value only has to be of some type. */
type PlainKind = Exclude<KeywordKind, WordKind | "schema" | "schemaList" | "schemaMap">;

interface PlainCheck {
  readonly description: string;
  readonly test: (value: Json) => boolean;
}

const PLAIN_KINDS = {
  any: { description: "any JSON", test: () => true },
  boolean: { description: "true or false", test: (value) => typeof value === "boolean" },
  count: {
    description: "a whole number, zero or more",
    test: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  },
  list: { description: "a list", test: (value) => Array.isArray(value) },
  number: { description: "a number", test: (value) => typeof value === "number" },
  text: { description: "a text", test: (value) => typeof value === "string" },
  textList: { description: "a list of names", test: isTextList },
  textListMap: {
    description: "an object of lists of names",
    test: (value) => isJsonObject(value) && Object.values(value).every(isTextList),
  },
} satisfies Record<PlainKind, PlainCheck>;

function isPlainKind(kind: PlainKind | WordKind): kind is PlainKind {
  return kind in PLAIN_KINDS;
}

class SchemaChecker {
  readonly findings: Finding[] = [];
  readonly #root: JsonObject;
  readonly #name: string;
  readonly #work: SchemaWork;
  /** Whether what was compiled is as much as may be: the rest is not looked at. */
  #isPatternTooMuch = false;

  constructor(root: JsonObject, { name, work }: { readonly name: string; readonly work: SchemaWork }) {
    this.#root = root;
    this.#name = name;
    this.#work = work;
  }

  checkSize(schema: JsonObject, path: RecipePath): void {
    const applied = measureSchema(schema);
    if (applied === "recursive") {
      this.#report(path, "the schema refers to itself", "write out as many levels as the input has");
    } else if (applied === "deep") {
      this.#report(path, "too many schemas are nested in one another", "use fewer levels, and fewer `$ref` to `$ref`");
    } else if (applied > APPLIED_MAX) {
      this.#report(
        path,
        `more than ${APPLIED_MAX} schemas may apply to one value`,
        "use fewer `allOf`, `anyOf`, `oneOf` and `$ref`",
      );
    } else {
      this.#checkDefaults(schema, path);
    }
  }

  /** An empty input gets the most defaults that a schema has for one object. */
  #checkDefaults(schema: JsonObject, path: RecipePath): void {
    try {
      fillDefaults(schema, {}, this.#work.defaults);
    } catch (error) {
      if (!(error instanceof InputTooCostly)) {
        throw error;
      }
      this.#report(path, "an empty value gets too many defaults", "use fewer defaults within defaults");
    }
  }

  checkSchema(schema: Json, path: RecipePath): void {
    if (isJsonObject(schema)) {
      Object.entries(schema).forEach(([name, value]) => this.#checkKeyword(name, value, [...path, name]));
    } else if (typeof schema !== "boolean") {
      this.#report(path, "a schema is an object, true or false", null);
    }
  }

  #checkKeyword(name: string, value: Json, path: RecipePath): void {
    const kind = KEYWORDS.get(name);
    const refusal = REFUSED_KEYWORDS.get(name);
    if (refusal !== undefined) {
      this.#report(path, `\`${name}\` is not supported`, refusal, true);
    } else if (kind === undefined) {
      const hint = suggestHint(name, [...KEYWORDS.keys()]);
      this.#report(path, `\`${name.slice(0, 60)}\` is no keyword of JSON Schema`, hint, true);
    } else {
      this.#checkValue(kind, value, path);
    }
  }

  #checkValue(kind: KeywordKind, value: Json, path: RecipePath): void {
    if (kind === "schema") {
      this.checkSchema(value, path);
    } else if (kind === "schemaList") {
      this.#checkEach(Array.isArray(value) ? [...value.entries()] : null, path, "a list of schemas");
    } else if (kind === "schemaMap") {
      this.#checkEach(isJsonObject(value) ? Object.entries(value) : null, path, "an object of schemas");
    } else if (isPlainKind(kind)) {
      this.#expect(PLAIN_KINDS[kind].test(value), path, PLAIN_KINDS[kind].description);
    } else {
      this.#checkWord(kind, value, path);
    }
  }

  #checkWord(kind: WordKind, value: Json, path: RecipePath): void {
    switch (kind) {
      case "type":
        return this.#checkType(value, path);
      case "pattern":
        return this.#checkPattern(value, path);
      case "ref":
        return this.#checkRef(value, path);
      case "format":
        return this.#checkFormat(value, path);
    }
  }

  #checkEach(
    schemas: readonly (readonly [string | number, Json])[] | null,
    path: RecipePath,
    description: string,
  ): void {
    this.#expect(schemas !== null, path, description);
    schemas?.forEach(([key, schema]) => this.checkSchema(schema, [...path, key]));
  }

  #checkType(value: Json, path: RecipePath): void {
    const names: readonly Json[] = Array.isArray(value) ? value : [value];
    const unknown = names.find((name) => typeof name !== "string" || !TYPES.includes(name));
    if (unknown !== undefined) {
      const hint = typeof unknown === "string" ? suggestHint(unknown, TYPES) : `use ${TYPES.join(", ")}`;
      this.#report(path, `${JSON.stringify(unknown).slice(0, 60)} is no type`, hint);
    }
  }

  #checkPattern(value: Json, path: RecipePath): void {
    if (typeof value !== "string" || value.length > PATTERN_LENGTH_MAX) {
      this.#report(path, `a pattern is a text of at most ${PATTERN_LENGTH_MAX} characters`, null);
      return;
    }
    if (this.#isPatternTooMuch) {
      return;
    }
    try {
      this.#work.patterns.compile(value);
    } catch (error) {
      if (!(error instanceof RegexRefusal)) {
        throw error;
      }
      this.#isPatternTooMuch = error.isTooMuch;
      const hint = error.isTooMuch
        ? "a counted repeat writes out what it repeats: use fewer repeats and classes, or `maxLength`"
        : "use no look-around and no back-references";
      this.#report(path, error.message, hint);
    }
  }

  #checkRef(value: Json, path: RecipePath): void {
    if (typeof value !== "string" || resolveRef(this.#root, value) === null) {
      const hint = "use `#/$defs/name`, with the schema under `$defs` of the schema itself";
      this.#report(path, `${JSON.stringify(value).slice(0, 80)} names no schema here`, hint);
    }
  }

  #checkFormat(value: Json, path: RecipePath): void {
    if (typeof value !== "string" || !FORMATS.includes(value)) {
      const hint = typeof value === "string" ? suggestHint(value, FORMATS) : `use ${FORMATS.join(", ")}`;
      this.#report(path, `${JSON.stringify(value).slice(0, 60)} is no format that is checked`, hint);
    }
  }

  #expect(holds: boolean, path: RecipePath, description: string): void {
    if (!holds) {
      this.#report(path, `\`${String(path.at(-1))}\` must be ${description}`, null);
    }
  }

  #report(path: RecipePath, message: string, hint: string | null, onKey = false): void {
    this.findings.push({ code: "input_schema", path, onKey, message: `in the ${this.#name}: ${message}`, hint });
  }
}

function isTextList(value: Json): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
