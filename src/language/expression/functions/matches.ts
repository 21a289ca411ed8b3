import { applyFunction, FunctionValue, type Evaluation } from "../evaluation/evaluation.ts";
import { emptyMatch, matchObject, RegexFunction } from "../evaluation/function-values.ts";
import { isObject, memberOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";

/** A match, as functions that search work with it. */
export interface Match {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: Value;
  /** Makes what a function that replaces it is called with. */
  readonly describe: () => Value;
}

/**
 * Goes through the matches of a pattern in a text, one at a time: each is paid for as it is found.
 *
 * @param run - What pays.
 * @param pattern - A regular expression, or a function that gives matches as one does.
 * @param text - The text.
 * @returns The matches; throws an `ExpressionFailure` when the pattern is none, or matches nothing over and over.
 */
export function findMatches(run: Evaluation, pattern: Value, text: string): Iterable<Match> {
  if (pattern instanceof RegexFunction) {
    return findRegexMatches(run, pattern, text);
  }
  if (pattern instanceof FunctionValue) {
    return findOwnMatches(run, pattern, text);
  }
  throw failureOf("T0410", "argument 2 is missing: a text, or a regular expression such as /[a-z]+/");
}

function* findRegexMatches(run: Evaluation, { program }: RegexFunction, text: string): Generator<Match> {
  const search = program.open(text);
  let from = 0;
  for (let count = 0; ; count += 1) {
    const found = search.find(from, run);
    if (found === null) {
      return;
    }
    if (found.text === "" && count > 0) {
      throw emptyMatch(program.source);
    }
    run.makeObject(8);
    const { text: match, start, end, groups } = found;
    yield { match, start, end, groups, describe: () => matchObject(run, search, found, program.source) };
    if (end >= text.length) {
      return;
    }
    from = end;
  }
}

function* findOwnMatches(run: Evaluation, pattern: FunctionValue, text: string): Generator<Match> {
  let found = applyFunction(run, pattern, [text], undefined);
  while (found !== undefined) {
    run.spend(4);
    yield readMatch(found, text);
    const next = isObject(found) ? memberOf(found, "next") : undefined;
    found = next instanceof FunctionValue ? applyFunction(run, next, [], undefined) : undefined;
  }
}

function readMatch(found: Value, text: string): Match {
  const [match, start, end] = isObject(found) ? ["match", "start", "end"].map((name) => memberOf(found, name)) : [];
  if (!isObject(found) || typeof match !== "string" || !isOffset(start, text)) {
    const message =
      "the function that finds matches must give objects with `match`, `start`, `end`, `groups` and `next`";
    throw failureOf("T1010", message);
  }
  return {
    match,
    start,
    end: isOffset(end, text) ? end : start + match.length,
    groups: memberOf(found, "groups"),
    describe: () => found,
  };
}

function isOffset(value: Value, text: string): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= text.length;
}
