import type { Evaluation } from "../evaluation/evaluation.ts";
import { entriesOf, type Value } from "../evaluation/values.ts";
import { writeText } from "../evaluation/write-text.ts";
import type { FunctionDefinition } from "./definition.ts";
import { TextSearch } from "./text-search.ts";

/** Functions of texts that take no pattern. Characters are code points: an emoji is one. */
export const TEXT_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "string",
    signature: "<x-b?:s>",
    arity: 1,
    run: (run, [value, isIndented]) => (value === undefined ? undefined : writeText(run, value, isIndented === true)),
  },
  {
    name: "length",
    signature: "<s-:n>",
    run: (run, [text]) => (typeof text === "string" ? countCharacters(run, text) : undefined),
  },
  { name: "lowercase", signature: "<s-:s>", run: (run, [text]) => changeCase(run, text, (each) => each.toLowerCase()) },
  { name: "uppercase", signature: "<s-:s>", run: (run, [text]) => changeCase(run, text, (each) => each.toUpperCase()) },
  { name: "trim", signature: "<s-:s>", run: (run, [text]) => trim(run, text) },
  { name: "substring", signature: "<s-nn?:s>", run: takePart },
  { name: "substringBefore", signature: "<s-s:s>", run: takeBefore },
  { name: "substringAfter", signature: "<s-s:s>", run: takeAfter },
  { name: "pad", signature: "<s-ns?:s>", run: pad },
  { name: "join", signature: "<a<s>s?:s>", run: join },
];

const NOT_ASCII = /[\u0080-\uFFFF]/;
const LETTER_COST = 1;

/** Letters beyond ASCII are looked up one by one. */
function changeCase(run: Evaluation, text: Value, change: (text: string) => string): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  run.readText(text.length);
  run.spend(NOT_ASCII.test(text) ? text.length * LETTER_COST : 0);
  const changed = change(text);
  run.makeText(changed.length);
  return changed;
}

/** Counts characters: code points, so that the two halves of a surrogate pair are one. */
function countCharacters(run: Evaluation, text: string): number {
  run.readText(text.length);
  if (!/[\uD800-\uDBFF]/.test(text)) {
    return text.length;
  }
  run.readText(text.length * STEP_WEIGHT);
  let count = text.length;
  let isFirstHalf = false;
  for (let at = 0; at < text.length; at += 1) {
    const kind = text.charCodeAt(at) & SURROGATE_MASK;
    count -= isFirstHalf && kind === SECOND_HALF ? 1 : 0;
    isFirstHalf = kind === FIRST_HALF;
  }
  return count;
}

/** How much dearer than reading a text with the engine's help it is to go through it without. */
const STEP_WEIGHT = 8;

const SURROGATE_MASK = 0xfc00;
const FIRST_HALF = 0xd800;
const SECOND_HALF = 0xdc00;

function nextCharacter(text: string, at: number): number {
  const isPair =
    (text.charCodeAt(at) & SURROGATE_MASK) === FIRST_HALF && (text.charCodeAt(at + 1) & SURROGATE_MASK) === SECOND_HALF;
  return isPair ? at + 2 : at + 1;
}

function trim(run: Evaluation, text: Value): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  run.readText(text.length * 8);
  const single = text.replaceAll(/[ \t\n\r]+/g, " ");
  run.makeText(single.length);
  return single.slice(single.startsWith(" ") ? 1 : 0, single.length > 1 && single.endsWith(" ") ? -1 : undefined);
}

function takePart(run: Evaluation, [text, from, count]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  const length = countCharacters(run, text);
  const start = typeof from === "number" ? Math.max(from, -length) : 0;
  const end = typeof count !== "number" ? undefined : start >= 0 ? start + count : length + start + count;
  // As in JSONata: without a beginning there is no end.
  if (typeof count === "number" && (count <= 0 || typeof from !== "number")) {
    return "";
  }
  return slice(run, { text, length }, start, end);
}

interface Measured {
  readonly text: string;
  /** In characters, not in halves of pairs. */
  readonly length: number;
}

/** Takes part of a text: like `slice`, but for code points. */
function slice(run: Evaluation, { text, length }: Measured, start: number, end: number = length): string {
  if (length === text.length) {
    return copyPart(run, text.slice(start, end));
  }
  const [from, to] = [start, end].map((place) => Math.trunc(place < 0 ? Math.max(0, length + place) : place) || 0);
  run.readText(text.length * STEP_WEIGHT);
  const first = offsetOf(text, 0, from ?? 0);
  const last = offsetOf(text, first, (to ?? 0) - (from ?? 0));
  return copyPart(run, text.slice(first, last));
}

/** Gives the offset of the character that is so many after the one at an offset. */
function offsetOf(text: string, offset: number, count: number): number {
  let at = offset;
  for (let left = count; left > 0 && at < text.length; left -= 1) {
    at = nextCharacter(text, at);
  }
  return at;
}

/** A part of a text is not copied, but it keeps the text alive. */
function copyPart(run: Evaluation, part: string): string {
  run.makeText(part.length);
  return part;
}

function takeBefore(run: Evaluation, [text, part]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  const at = new TextSearch(run, text, soughtText(part)).find(0);
  return at === -1 ? text : copyPart(run, text.slice(0, at));
}

function takeAfter(run: Evaluation, [text, part]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  const sought = soughtText(part);
  const at = new TextSearch(run, text, sought).find(0);
  return at === -1 ? text : copyPart(run, text.slice(at + sought.length));
}

/** As in JSONata: what is missing is sought as the word that JavaScript writes for it. */
function soughtText(part: Value): string {
  return typeof part === "string" ? part : "undefined";
}

function pad(run: Evaluation, [text, width, padding]: readonly Value[]): Value {
  if (typeof text !== "string" || typeof width !== "number") {
    return text;
  }
  const unit = typeof padding === "string" && padding !== "" ? padding : " ";
  const missing = Math.abs(Math.trunc(width)) - countCharacters(run, text);
  if (!(missing > 0)) {
    return text;
  }
  const unitLength = countCharacters(run, unit);
  run.makeText(text.length + Math.ceil(missing / unitLength) * unit.length);
  const filled = unit.repeat(Math.ceil(missing / unitLength));
  const fill = slice(run, { text: filled, length: Math.ceil(missing / unitLength) * unitLength }, 0, missing);
  return width > 0 ? text + fill : fill + text;
}

function join(run: Evaluation, [list, separator]: readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null) {
    return undefined;
  }
  const between = typeof separator === "string" ? separator : "";
  run.spend(entries.length);
  const texts = entries.map(String);
  const length = texts.reduce((sum, text) => sum + text.length, between.length * Math.max(0, texts.length - 1));
  run.makeText(length);
  run.makeEntries(texts.length);
  return texts.join(between);
}
