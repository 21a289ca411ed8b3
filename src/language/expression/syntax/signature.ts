import { syntaxFailure } from "./syntax-failure.ts";

/** One bit for each type of a value. A missing value fits every parameter. */
export const TYPE = {
  missing: 1,
  text: 2,
  number: 4,
  boolean: 8,
  null: 16,
  list: 32,
  object: 64,
  function: 128,
} as const;

/** A parameter of a function. */
export interface Parameter {
  /** The types it takes, as bits of `TYPE`. */
  readonly types: number;
  readonly isOptional: boolean;
  /** Whether it takes any number of arguments, one at least. */
  readonly isVariadic: boolean;
  /** Whether the value that the call is evaluated against stands in for it. */
  readonly usesContext: boolean;
  /** Whether any other value is made a list of one. */
  readonly isList: boolean;
  /** What the entries of the list must be; null when that is not said. */
  readonly entries: EntryType | null;
}

/** A type of the entries of lists, and its name for messages. */
export interface EntryType {
  /** 0 when no value has it. */
  readonly type: number;
  readonly symbol: string;
  readonly plural: string;
}

/** What a function takes. */
export interface Signature {
  readonly parameters: readonly Parameter[];
  /** Whether each takes one argument at most. */
  readonly isPositional: boolean;
}

const JSON_TYPES = TYPE.text | TYPE.number | TYPE.boolean | TYPE.null | TYPE.list | TYPE.object | TYPE.missing;

const TYPES_BY_SYMBOL: ReadonlyMap<string, number> = new Map([
  ["s", TYPE.text | TYPE.missing],
  ["n", TYPE.number | TYPE.missing],
  ["b", TYPE.boolean | TYPE.missing],
  ["l", TYPE.null | TYPE.missing],
  ["o", TYPE.object | TYPE.missing],
  ["a", JSON_TYPES | TYPE.function],
  ["f", TYPE.function],
  ["j", JSON_TYPES],
  ["x", JSON_TYPES | TYPE.function],
]);

const CHOICE_SYMBOLS: ReadonlyMap<string, number> = new Map([
  ["s", TYPE.text],
  ["n", TYPE.number],
  ["b", TYPE.boolean],
  ["l", TYPE.null],
  ["o", TYPE.object],
  ["a", TYPE.list],
  ["f", TYPE.function],
]);

const PLURALS: ReadonlyMap<string, string> = new Map([
  ["a", "lists"],
  ["b", "booleans"],
  ["f", "functions"],
  ["n", "numbers"],
  ["o", "objects"],
  ["s", "texts"],
]);

/** More parameters than anyone writes; matching arguments to them takes their product. */
const PARAMETERS_MAX = 32;

interface Draft {
  types: number;
  isOptional: boolean;
  isVariadic: boolean;
  usesContext: boolean;
  readonly symbol: string;
  entries: EntryType | null;
}

/**
 * Reads the signature of a function, such as `<s-n?:s>`.
 *
 * @param text - With its brackets.
 * @param position - Where it begins in the expression, for errors.
 * @returns What the function takes; throws an `ExpressionFailure` when the text is no signature.
 */
export function parseSignature(text: string, position: number): Signature {
  const drafts: Draft[] = [];
  for (let at = 1; at < text.length - 1 && text.charAt(at) !== ":"; at += 1) {
    at = readSymbol(text, at, drafts, position);
  }
  if (drafts.length > PARAMETERS_MAX) {
    throw syntaxFailure(position, "S0401", `a signature has at most ${PARAMETERS_MAX} parameters`);
  }
  const parameters = drafts.map(({ symbol, ...draft }) => ({ ...draft, isList: symbol === "a" }));
  return { parameters, isPositional: parameters.every(({ isVariadic }) => !isVariadic) };
}

/** Gives the offset of the last character that it read. */
function readSymbol(text: string, at: number, drafts: Draft[], position: number): number {
  const symbol = text.charAt(at);
  const types = TYPES_BY_SYMBOL.get(symbol);
  if (types !== undefined) {
    drafts.push(draftOf(symbol, types));
    return at;
  }
  if (symbol === "(") {
    return readChoice(text, at, drafts, position);
  }
  const last = drafts.at(-1);
  if (last === undefined) {
    return at;
  }
  if (symbol === "<") {
    return readEntries(text, at, last, position);
  }
  last.usesContext ||= symbol === "-";
  last.isOptional ||= symbol === "?" || symbol === "-";
  last.isVariadic ||= symbol === "+";
  return at;
}

function readChoice(text: string, at: number, drafts: Draft[], position: number): number {
  const close = findClose(text, at, "(", ")");
  const choice = text.slice(at + 1, close);
  if (choice.includes("<")) {
    const message = "a choice of types cannot say what is in lists: leave `<...>` out of the brackets";
    throw syntaxFailure(position + at, "S0402", message);
  }
  const types = Array.from(choice, (symbol) => CHOICE_SYMBOLS.get(symbol) ?? 0);
  drafts.push(
    draftOf(
      "(",
      types.reduce((all, type) => all | type, TYPE.missing),
    ),
  );
  return close;
}

function readEntries(text: string, at: number, last: Draft, position: number): number {
  if (last.symbol !== "a" && last.symbol !== "f") {
    throw syntaxFailure(position + at, "S0401", "only lists (`a`) and functions (`f`) have `<...>` after them");
  }
  const close = findClose(text, at, "<", ">");
  const symbol = text.charAt(at + 1);
  const plural = PLURALS.get(symbol) ?? "such values";
  last.entries = last.symbol === "a" ? { type: CHOICE_SYMBOLS.get(symbol) ?? 0, symbol, plural } : null;
  return close;
}

function findClose(text: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    depth += character === open ? 1 : character === close ? -1 : 0;
    if (depth === 0) {
      return at;
    }
  }
  return text.length;
}

function draftOf(symbol: string, types: number): Draft {
  return { types, symbol, isOptional: false, isVariadic: false, usesContext: false, entries: null };
}
