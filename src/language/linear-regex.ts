import { RE2JS } from "re2js";

/** What regular expressions that belong together may take. */
export interface RegexBounds {
  /** Most characters of all. */
  readonly lengthMax: number;
  /** Most ranges in classes such as `[a-z]` of all. */
  readonly rangesMax: number;
  /** The same where case does not count: each is compared with all alphabets, which takes up to 2.4 ms. */
  readonly foldedRangesMax: number;
  /**
   * Most instructions of one. A counted repeat writes its operand out as often as it says: `[a-z]{1,64}` takes 130.
   */
  readonly programSizeMax: number;
  /** Most instructions of all. */
  readonly programSizesMax: number;
  /** What to say of one that takes more. */
  readonly tooLarge: string;
}

/** A regular expression that cannot be had, and why. */
export class RegexRefusal extends Error {
  /** Whether it, or all together, would be too much, so that nothing more is to be compiled. */
  readonly isTooMuch: boolean;

  constructor(message: string, isTooMuch: boolean, cause?: unknown) {
    super(message, { cause });
    this.isTooMuch = isTooMuch;
  }
}

/** Most parts and ranges of the regular expressions of a recipe together, ranges by what they take. */
const SHARED_SIZE_MAX = 60_000;
const SHARED_RANGES_MAX = 1000;

/** How much more a wide range takes than a narrow one where case does not count: 2.8 ms against 0.1. */
const WIDE_WEIGHT = 20;

/** Bounds the work of compiling the regular expressions of many texts, such as those of a recipe. */
export class RegexAllowance {
  #sizeLeft = SHARED_SIZE_MAX;
  #rangesLeft = SHARED_RANGES_MAX;

  /** Takes a share away; throws a `RegexRefusal` when there is not enough left. */
  take(size: number, ranges: number): void {
    this.#sizeLeft -= size;
    this.#rangesLeft -= ranges;
    if (this.#sizeLeft < 0 || this.#rangesLeft < 0) {
      throw new RegexRefusal("all regular expressions of the recipe together are too large: repeat less in them", true);
    }
  }
}

/** Compiles regular expressions that belong together, within bounds that they share: compiling is work too. */
export class LinearRegexCompiler {
  readonly #bounds: RegexBounds;
  readonly #shared: RegexAllowance | null;
  #length = 0;
  #ranges = 0;
  #size = 0;

  /** `shared` bounds those of several compilers together. */
  constructor(bounds: RegexBounds, shared: RegexAllowance | null = null) {
    this.#bounds = bounds;
    this.#shared = shared;
  }

  /** Compiles one, with the flags `i` and `m`; throws a `RegexRefusal` that says why it cannot be had. */
  compile(source: string, flags = ""): RE2JS {
    const { lengthMax, tooLarge, programSizeMax, programSizesMax } = this.#bounds;
    this.#length += source.length;
    if (this.#length > lengthMax) {
      throw new RegexRefusal(`regular expressions have at most ${lengthMax} characters together`, true);
    }
    const ranges = this.#takeRanges(source, flags.includes("i") || /\(\?\w*i/.test(source));
    const sizeMax = Math.min(programSizeMax, programSizesMax - this.#size);
    // Repetitions are written out when they are compiled: that alone may take too long.
    const partCount = countRepeated(source);
    if (partCount > sizeMax) {
      throw new RegexRefusal(tooLarge, true);
    }
    this.#shared?.take(partCount, ranges);
    const regex = compileOrRefuse(source, flags);
    const size = regex.programSize();
    if (size > sizeMax) {
      throw new RegexRefusal(tooLarge, true);
    }
    this.#size += size;
    return regex;
  }

  /** Gives the weight of the ranges among those of a recipe. */
  #takeRanges(source: string, isFolded: boolean): number {
    const { rangesMax, foldedRangesMax } = this.#bounds;
    const weight = isFolded ? rangesMax / foldedRangesMax : 1;
    const count = source.match(RANGES)?.length ?? 0;
    this.#ranges += count * weight;
    if (this.#ranges > rangesMax) {
      const most = isFolded ? foldedRangesMax : rangesMax;
      throw new RegexRefusal(`regular expressions have at most ${most} ranges of characters together`, true);
    }
    const narrowCount = countNarrow(source);
    return isFolded ? narrowCount + (count - narrowCount) * WIDE_WEIGHT : count;
  }
}

/** Counts the ranges between two characters of ASCII, such as `a-z`. */
function countNarrow(source: string): number {
  return source.match(/(?<!\\)[ -[\]-~]-[ -[\]-~]/g)?.length ?? 0;
}

/** What may stand for many characters: a range, a class by its name, and what a class leaves over. */
const RANGES = /-|\\[pP]|\[[\^:]/g;

function compileOrRefuse(source: string, flags: string): RE2JS {
  try {
    return compileLinearRegex(source, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    const message = `the regular expression cannot be searched in linear time (no look-around, no back-references): ${reason}`;
    throw new RegexRefusal(message, false, error);
  }
}

/**
 * Counts the parts of an expression, such as characters and classes, as often as they are repeated: never more than the
 * instructions that compiling it makes, and about as many.
 */
function countRepeated(pattern: string): number {
  const sums = [0];
  let last = 0;
  for (const [part, count] of pattern.matchAll(REGEX_PARTS)) {
    if (count !== undefined) {
      sums.push((sums.pop() ?? 0) + last * Math.max(0, Number(count) - 1));
      last *= Math.max(1, Number(count));
    } else if (part.startsWith("(")) {
      sums.push(0);
    } else if (!"|*+?^$".includes(part)) {
      last = part === ")" && sums.length > 1 ? (sums.pop() ?? 0) : 1;
      sums.push((sums.pop() ?? 0) + last);
    }
  }
  return sums.reduce((total, sum) => total + sum, 0);
}

/** A repetition with the most that it allows, an escape, a class, or a character. */
const REGEX_PARTS = /\{(?:\d+,)?(\d+),?\}|\\[pP]\{\w*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|[^]/gs;

/**
 * Compiles a regular expression for search in linear time, without bounds: for one that a `LinearRegexCompiler` has
 * compiled before.
 *
 * @param source - In the syntax of JavaScript.
 * @param flags - `i` and `m`, as JavaScript has them.
 * @returns The expression; throws an `Error` that says why when it has what takes more than linear time, such as
 *   back-references and look-around, or when it is no regular expression.
 */
export function compileLinearRegex(source: string, flags = ""): RE2JS {
  const bits = (flags.includes("i") ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes("m") ? RE2JS.MULTILINE : 0);
  return RE2JS.compile(RE2JS.translateRegExp(source), bits);
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
