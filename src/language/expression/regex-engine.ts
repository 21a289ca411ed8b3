import { RE2JS } from "re2js";
import { compileLinearRegex, countTries } from "../linear-regex.ts";
import { ExpressionFailure } from "./expression-error.ts";
import { SEARCHED_LENGTH_MAX } from "./limits.ts";
import type { Meter } from "./meter.ts";

/** What JSONata calls on the regular expressions it makes. */
export interface RegexEngine {
  lastIndex: number;
  exec(text: unknown): RegexMatch | null;
}

/** A match and its groups, with the offset of the match. */
export interface RegexMatch extends ReadonlyArray<string | undefined> {
  readonly index: number;
}

type Matcher = ReturnType<RE2JS["matcher"]>;

/** Compiled once for each literal in a syntax tree: JSONata evaluates the literal anew for every item of a map. */
const compiled = new WeakMap<RegExp, RE2JS>();

/**
 * What one unit of fuel searches: characters times instructions of the compiled expression. At worst every instruction
 * is tried at every character, some 20 ns each; the length left is paid for at each match, because a search may look
 * all the way ahead before it settles for a match nearby.
 */
const TRIES_PER_FUEL = 250;

/**
 * Compiles a regular expression for linear-time search.
 *
 * @param regex - As JSONata's parser made it; it is never executed.
 * @returns The compiled expression; throws when it uses what takes more than linear time, such as back-references.
 */
export function compileRegex(regex: RegExp): RE2JS {
  const known = compiled.get(regex);
  if (known !== undefined) {
    return known;
  }
  const flags = (regex.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) + (regex.multiline ? RE2JS.MULTILINE : 0);
  const made = compileLinearRegex(regex.source, flags);
  compiled.set(regex, made);
  return made;
}

/**
 * Makes the class that JSONata instantiates for regular expressions: linear in time, and paid with fuel.
 *
 * @param meter - What pays.
 * @returns A class that takes the literal, and searches as a `RegExp` with the flag `g` does.
 */
export function createRegexEngine(meter: Meter): new (regex: RegExp) => RegexEngine {
  return class {
    lastIndex = 0;
    readonly #regex: RE2JS;
    #text = "";
    #matcher: Matcher | null = null;

    constructor(regex: RegExp) {
      this.#regex = compileRegex(regex);
    }

    exec(text: unknown): RegexMatch | null {
      if (typeof text !== "string" || text.length > SEARCHED_LENGTH_MAX) {
        const message = `a regular expression searches text of at most ${SEARCHED_LENGTH_MAX} characters`;
        throw new ExpressionFailure("expression_too_large", message);
      }
      const from = Math.min(Math.max(0, Math.trunc(this.lastIndex) || 0), text.length);
      meter.spend(1 + countTries(this.#regex.programSize(), text.length - from) / TRIES_PER_FUEL);
      const matcher = this.#matcherOf(text);
      if (!matcher.find(from)) {
        this.lastIndex = 0;
        return null;
      }
      this.lastIndex = matcher.end();
      return toMatch(matcher);
    }

    #matcherOf(text: string): Matcher {
      if (this.#matcher === null || this.#text !== text) {
        this.#matcher = this.#regex.matcher(text);
        this.#text = text;
      }
      return this.#matcher;
    }
  };
}

function toMatch(matcher: Matcher): RegexMatch {
  const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
  return Object.assign(groups, { index: matcher.start() });
}
