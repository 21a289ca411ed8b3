import { applyFunction, FunctionValue, type Evaluation } from "../evaluation/evaluation.ts";
import { entriesOf, sequenceOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import type { FunctionDefinition } from "./definition.ts";
import { findMatches, type Match } from "./matches.ts";
import { TextSearch } from "./text-search.ts";

/** Functions that search texts: for a text, with a regular expression, or with a function that does as one. */
export const PATTERN_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "match", signature: "<s-f<s:o>n?:a<o>>", run: matchAll },
  { name: "contains", signature: "<s-(sf):b>", run: contains },
  { name: "replace", signature: "<s-(sf)(sf)n?:s>", run: replace },
  { name: "split", signature: "<s-(sf)n?:a<s>>", run: split },
];

function limitOf(limit: Value, code: string): number {
  if (typeof limit !== "number") {
    return Infinity;
  }
  if (limit < 0) {
    throw failureOf(code, "the limit must be a positive number");
  }
  return limit;
}

function matchAll(run: Evaluation, [text, pattern, limit]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  const most = limitOf(limit, "D3040");
  run.makeEntries(0);
  const found: Value[] = [];
  if (most > 0) {
    for (const { match: matched, start, groups } of findMatches(run, pattern, text)) {
      run.makeObject(3);
      run.addEntry();
      found.push({ match: matched, index: start, groups });
      if (found.length >= most) {
        break;
      }
    }
  }
  return sequenceOf(found);
}

function contains(run: Evaluation, [text, pattern]: readonly Value[]): Value {
  if (typeof text !== "string" || pattern === undefined) {
    return undefined;
  }
  if (typeof pattern === "string") {
    return new TextSearch(run, text, pattern).find(0) !== -1;
  }
  const [first] = findMatches(run, pattern, text);
  return first !== undefined;
}

function split(run: Evaluation, [text, separator, limit]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  const most = limitOf(limit, "D3020");
  if (typeof separator !== "string") {
    return splitAtMatches(run, text, separator, most);
  }
  const whole = Math.floor(most);
  return separator === "" ? splitCharacters(run, text, whole) : splitAtText(run, text, separator, whole);
}

const PART_COST = 2;
const BYTES_PER_PART = 48;

function payForPart(run: Evaluation): void {
  run.spend(PART_COST);
  run.allocate(BYTES_PER_PART);
}

function splitAtText(run: Evaluation, text: string, separator: string, most: number): readonly string[] {
  run.makeEntries(0);
  const search = new TextSearch(run, text, separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = search.find(0); at !== -1 && parts.length < most; at = search.find(from)) {
    payForPart(run);
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  if (parts.length < most) {
    payForPart(run);
    parts.push(text.slice(from));
  }
  return parts;
}

function splitAtMatches(run: Evaluation, text: string, pattern: Value, most: number): readonly string[] {
  run.makeEntries(0);
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of most > 0 ? findMatches(run, pattern, text) : []) {
    payForPart(run);
    parts.push(text.slice(from, start));
    from = end;
    if (parts.length >= most) {
      return parts;
    }
  }
  payForPart(run);
  return most > 0 ? [...parts, text.slice(from)] : parts;
}

function splitCharacters(run: Evaluation, text: string, most: number): readonly string[] {
  const characters: string[] = [];
  run.makeEntries(Math.min(text.length, most));
  for (const character of text) {
    if (characters.length >= most) {
      break;
    }
    run.spend(1);
    characters.push(character);
  }
  return characters;
}

/** Goes through what a text or a pattern matches. */
function findAll(run: Evaluation, pattern: Value, text: string): Iterable<Match> {
  return typeof pattern === "string" ? findTexts(run, text, pattern) : findMatches(run, pattern, text);
}

function replace(run: Evaluation, args: readonly Value[]): Value {
  const [text, pattern, replacement, limit] = args;
  if (typeof text !== "string") {
    return undefined;
  }
  if (pattern === "") {
    throw failureOf("D3010", "argument 2 must not be an empty text");
  }
  const most = limitOf(limit, "D3011");
  const matches = findAll(run, pattern, text);
  const replaceMatch = replacerOf(run, pattern, replacement);
  const parts: string[] = [];
  let [from, count] = [0, 0];
  for (const found of most > 0 ? matches : []) {
    const replaced = replaceMatch(found);
    run.addEntries(2);
    run.makeText(replaced.length);
    parts.push(text.slice(from, found.start), replaced);
    from = found.start + found.match.length;
    count += 1;
    if (count >= most) {
      break;
    }
  }
  return joinParts(run, [...parts, text.slice(from)]);
}

function joinParts(run: Evaluation, parts: readonly string[]): string {
  run.makeText(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join("");
}

function* findTexts(run: Evaluation, text: string, part: string): Generator<Match> {
  const search = new TextSearch(run, text, part);
  for (let at = search.find(0); at !== -1; at = search.find(at + part.length)) {
    const found = { match: part, start: at, end: at + part.length, groups: [] };
    run.spend(1);
    yield { ...found, describe: () => found };
  }
}

function replacerOf(run: Evaluation, pattern: Value, replacement: Value): (match: Match) => string {
  if (replacement instanceof FunctionValue) {
    return (match) => {
      const replaced = applyFunction(run, replacement, [match.describe()], undefined);
      if (typeof replaced !== "string") {
        throw failureOf("D3012", "the function that replaces a match must give a text: use $string");
      }
      return replaced;
    };
  }
  if (typeof replacement !== "string") {
    return () => {
      throw failureOf("T0410", "argument 3 is missing: a text, or a function of the match");
    };
  }
  // Where a text is sought, `$` in the replacement is a character like any other.
  const isPlain = typeof pattern === "string" || !replacement.includes("$");
  return isPlain ? () => replacement : (match) => fillIn(run, replacement, match);
}

/** Puts the match for `$0`, its groups for `$1` and so on, and `$` for `$$`. What comes of it is paid for part by part. */
function fillIn(run: Evaluation, replacement: string, { match, groups }: Match): string {
  run.readText(replacement.length * 2);
  const texts = entriesOf(groups) ?? [];
  const parts: string[] = [];
  const add = (part: string): void => {
    run.addEntry();
    run.makeText(part.length);
    parts.push(part);
  };
  let from = 0;
  for (let at = replacement.indexOf("$"); at !== -1; at = replacement.indexOf("$", from)) {
    add(replacement.slice(from, at));
    const reference = referenceAt(replacement, at + 1, texts.length);
    add(reference.number === null ? "$" : reference.number === 0 ? match : textOf(texts[reference.number - 1]));
    from = reference.end;
  }
  add(replacement.slice(from));
  return joinParts(run, parts);
}

interface Reference {
  /** Of the group; 0 for the whole match, null for a `$`. */
  readonly number: number | null;
  readonly end: number;
}

/** A reference takes as many digits as the number of groups has; one less when there is no such group. */
function referenceAt(replacement: string, at: number, groupCount: number): Reference {
  if (replacement.startsWith("$", at)) {
    return { number: null, end: at + 1 };
  }
  const digitsMax = String(Math.max(1, groupCount)).length;
  const [digits] = /^(?:0|[1-9]\d*)/.exec(replacement.slice(at, at + digitsMax)) ?? [""];
  if (digits === "") {
    return { number: null, end: at };
  }
  const taken = Number(digits) > groupCount && digits.length > 1 ? digits.slice(0, -1) : digits;
  return { number: Number(taken), end: at + taken.length };
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : "";
}
