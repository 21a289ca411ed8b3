import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from "yaml";
import type { Json } from "../domain/json.ts";
import { isKeptNumber } from "./json-text.ts";
import { RECIPE_ALIASES_MAX, RECIPE_DEPTH_MAX, RECIPE_VALUES_MAX } from "./limits.ts";
import { toPointer, type Finding, type RecipePath } from "./recipe-issue.ts";

/** Where a member's name and its value begin, as offsets into the text. */
export interface Offsets {
  readonly key: number;
  readonly value: number;
}

/** A document as JSON: its value, where everything is, and what it has that JSON has not. */
export interface ReadDocument {
  readonly value: Json;
  /** By JSON Pointer. */
  readonly offsets: ReadonlyMap<string, Offsets>;
  readonly findings: readonly Finding[];
}

/** A number whose zeros in front would be lost: an article's or a postal code's, or an octal number of YAML 1.1. */
const LEADING_ZERO = /^[-+]?0\d/;

const TAGS = new Set([
  "?",
  "!",
  ...["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
]);

/**
 * Turns a parsed YAML document into JSON. Aliases are written out; duplicate names, merge keys, tags, values and names
 * that JSON does not have, and sizes beyond the limits are reported, and stand as null in the value.
 *
 * @param document - As parsed; its own check for unique names may be off.
 * @returns The value, the offsets of everything in it, and what is wrong, in the order of the text.
 */
export function readDocument(document: Document): ReadDocument {
  const reader = new DocumentReader(document);
  const value = reader.read(document.contents, [], 0);
  return { value, offsets: reader.offsets, findings: reader.findings };
}

class DocumentReader {
  readonly offsets = new Map<string, Offsets>();
  readonly findings: Finding[] = [];
  readonly #document: Document;
  #valueCount = 0;
  #aliasCount = 0;
  #isFull = false;

  constructor(document: Document) {
    this.#document = document;
  }

  /** `keyOffset` is where the name begins for members, where the value begins for everything else. */
  read(node: unknown, path: RecipePath, keyOffset: number): Json {
    const valueOffset = startOf(node) ?? keyOffset;
    this.offsets.set(toPointer(path), { key: keyOffset, value: valueOffset });
    if (this.#exceeds(path)) {
      return null;
    }
    if (isAlias(node)) {
      return this.#readAlias(node.resolve(this.#document), path, valueOffset);
    }
    if (hasForeignTag(node)) {
      return this.#refuse(path, "a tag (`!...`) is not part of a recipe", "remove the tag");
    }
    if (isMap(node)) {
      return this.#readMap(node, path);
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => this.read(item, [...path, index], startOf(item) ?? valueOffset));
    }
    return isScalar(node) && typeof node.value === "number"
      ? this.#readNumber(node.value, node.source, path)
      : this.#readScalar(isScalar(node) ? node.value : node, path);
  }

  #exceeds(path: RecipePath): boolean {
    this.#valueCount += 1;
    if (this.#isFull) {
      return true;
    }
    if (path.length > RECIPE_DEPTH_MAX) {
      this.#report("too_deep", path, `nested deeper than ${RECIPE_DEPTH_MAX} levels`);
    } else if (this.#valueCount > RECIPE_VALUES_MAX) {
      this.#report("too_large", path, `the recipe holds more than ${RECIPE_VALUES_MAX} values`);
    }
    return this.#isFull;
  }

  #report(code: "too_deep" | "too_large", path: RecipePath, message: string): void {
    this.#isFull = true;
    this.findings.push({ code, path, message, hint: "split it, or move data into the run's input" });
  }

  #readAlias(target: Node | undefined, path: RecipePath, offset: number): Json {
    this.#aliasCount += 1;
    if (target === undefined) {
      return this.#refuse(path, "the alias names no anchor before it", "define the anchor (`&name`) first");
    }
    if (this.#aliasCount > RECIPE_ALIASES_MAX) {
      this.#report("too_large", path, `the recipe uses more than ${RECIPE_ALIASES_MAX} aliases`);
      return null;
    }
    return this.read(target, path, offset);
  }

  #readMap(map: YAMLMap, path: RecipePath): Json {
    const seen = new Set<string>();
    const entries: [string, Json][] = [];
    for (const pair of map.items) {
      const name = this.#readName(pair, path, seen);
      if (name !== null) {
        seen.add(name);
        entries.push([name, this.read(pair.value, [...path, name], startOf(pair.key) ?? startOf(map) ?? 0)]);
      }
    }
    return Object.fromEntries(entries);
  }

  #readName(pair: Pair, path: RecipePath, seen: ReadonlySet<string>): string | null {
    const key = readKey(pair);
    const at = startOf(pair.key) ?? 0;
    if (key === null) {
      const hint = isMap(pair.key) ? "for an expression write `${{ ... }}`, in quotes" : "use plain names";
      this.#refuse(path, "a name in this object is no text", hint);
      return null;
    }
    const memberPath = [...path, key];
    if (key === "<<") {
      this.offsets.set(toPointer(memberPath), { key: at, value: at });
      this.#refuse(memberPath, "merge keys (`<<`) are not part of a recipe", "write the members out");
      return null;
    }
    if (seen.has(key)) {
      this.offsets.set(toPointer(memberPath), { key: at, value: at });
      const message = `\`${key}\` is given twice in this object`;
      this.findings.push({ code: "duplicate_key", path: memberPath, onKey: true, message, hint: "keep one of them" });
      return null;
    }
    return key;
  }

  #readScalar(value: unknown, path: RecipePath): Json {
    if (value === null || value === undefined) {
      return null;
    }
    if (typeof value === "string") {
      return this.#readText(value, path);
    }
    return typeof value === "boolean"
      ? value
      : this.#refuse(path, `${typeof value} is no value that JSON can carry`, "write it as text, in quotes");
  }

  #readNumber(value: number, source: string | undefined, path: RecipePath): Json {
    const literal = source ?? String(value);
    if (isKeptNumber(literal) && !LEADING_ZERO.test(literal)) {
      return value;
    }
    const shown = literal.slice(0, 40);
    const message = `the number ${shown} cannot be kept as it is written`;
    return this.#refuse(path, message, `put it in quotes: "${shown}"`, "wrong_value");
  }

  #readText(text: string, path: RecipePath): Json {
    if (text.includes("\0") || !text.isWellFormed()) {
      return this.#refuse(path, "the text holds a NUL or half of a surrogate pair", "remove that character");
    }
    return text;
  }

  #refuse(path: RecipePath, message: string, hint: string, code: "syntax" | "wrong_value" = "syntax"): null {
    this.findings.push({ code, path, message, hint });
    return null;
  }
}

/** Names are text; numbers, true and false are names as they are written. */
function readKey(pair: Pair): string | null {
  const key: unknown = isScalar(pair.key) ? pair.key.value : pair.key;
  if (typeof key === "string") {
    return key;
  }
  const written = isScalar(pair.key) ? pair.key.source : undefined;
  return typeof key === "number" || typeof key === "boolean" ? (written ?? String(key)) : null;
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? (node.range?.[0] ?? undefined) : undefined;
}

function hasForeignTag(node: unknown): boolean {
  return (isMap(node) || isSeq(node) || isScalar(node)) && node.tag !== undefined && !TAGS.has(node.tag);
}
