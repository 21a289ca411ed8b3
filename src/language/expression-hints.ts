/** What stands in for what in other languages; the longer ones first. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ["===", "write `=` to compare"],
  ["!==", "write `!=`"],
  ["==", "write `=` to compare"],
  ["<>", "write `!=`"],
  ["&&", "write `and`"],
  ["||", "write `or`"],
  ["?.", "write `.`: what is missing gives nothing"],
  ["=>", "write `function($x) { ... }`"],
  ["->", "write `function($x) { ... }`"],
  ["!", "write `$not(...)`"],
  [";", "put what comes one after the other in parentheses: `($x := 1; $x + 1)`"],
  ["AND", "write `and`"],
  ["OR", "write `or`"],
  ["NOT", "write `$not(...)`"],
  ["not", "write `$not(...)`"],
  ["is", "write `=` to compare"],
]);

/** Texts, quoted names and comments are passed over; the rest is what other languages have. */
const FOREIGN =
  /"(?:[^"\\]|\\[^]?)*(?:"|$)|'(?:[^'\\]|\\[^]?)*(?:'|$)|`[^`]*(?:`|$)|\/\*[^]*?(?:\*\/|$)|(?<foreign>[!=]==|==|<>|&&|\|\||\?\.|[=-]>|!(?!=)|;|(?<![\w.$])(?:AND|OR|NOT|not|is)(?=\s+[\w($"']))/g;

const OTHER_BRACKETS = /^\s*(?:\{\{|\$\{)/;

/** Something that Baton would read, in the brackets of other languages. */
const LOOKALIKE =
  /(?:\{\{|\$\{)\s*((?:(?:input|steps|errors|item)\.[A-Za-z_]|run\.(?:id|workflow|version|startedAt|signalUrl)\b|step\.(?:key|attempt|idempotencyKey)\b)[^{}]{0,200})\}/;

/**
 * Says what to write instead of an operator of another language.
 *
 * @param source - An expression that is none.
 * @param offset - Where its error is; undefined when that is not known.
 * @returns What to write in place of the last foreign operator up to there, for the hint of an issue; null when there is
 *   none.
 */
export function hintForeignOperator(source: string, offset: number | undefined): string | null {
  if (OTHER_BRACKETS.test(source)) {
    return "write `${{ ... }}` around it, or the expression alone";
  }
  const last = [...source.matchAll(FOREIGN)].findLast(
    ({ index, groups }) => groups?.["foreign"] !== undefined && index <= (offset ?? Infinity),
  );
  return REPLACEMENTS.get(last?.groups?.["foreign"] ?? "") ?? null;
}

/**
 * Finds what was meant as an expression and is written as in another language, such as `{{ input.city }}`.
 *
 * @param text - Text outside of expressions.
 * @returns The expression in its brackets, and the expression alone; null when there is none.
 */
export function findLookalike(text: string): { readonly written: string; readonly expression: string } | null {
  const match = LOOKALIKE.exec(text);
  if (match === null) {
    return null;
  }
  const [written, expression = ""] = match;
  const isDouble = written.startsWith("{{") && text.startsWith("}", match.index + written.length);
  return { written: isDouble ? `${written}}` : written, expression: expression.trim() };
}
