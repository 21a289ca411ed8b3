import { RE2JS } from "re2js";

/**
 * Most instructions of a compiled regular expression. A counted repeat writes its operand out as often as it says:
 * `[a-z]{1,64}` takes 130.
 */
const PROGRAM_SIZE_MAX = 10_000;

/**
 * Compiles a regular expression for search in linear time.
 *
 * @param source - In the syntax of JavaScript.
 * @param flags - Those of RE2JS; none when not given.
 * @returns The expression; throws an `Error` that says why when it has what takes more than linear time, such as
 *   back-references and look-around, when it is no regular expression, or when it compiles to too many instructions.
 */
export function compileLinearRegex(source: string, flags = 0): RE2JS {
  const regex = RE2JS.compile(RE2JS.translateRegExp(source), flags);
  const size = regex.programSize();
  if (size > PROGRAM_SIZE_MAX) {
    throw new RangeError(`it takes ${size} instructions, more than ${PROGRAM_SIZE_MAX}: repeat less often`);
  }
  return regex;
}

/**
 * Counts what a search may take, to be paid for before it runs: at worst every instruction is tried at every
 * character, some 15 ns each.
 *
 * @param programSize - Instructions of the compiled expression.
 * @param length - Characters of the text.
 * @returns How many tries at most.
 */
export function countTries(programSize: number, length: number): number {
  return (length + 1) * programSize;
}
