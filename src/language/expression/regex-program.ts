import type { RE2JS } from "re2js";
import { LinearRegexCompiler, type RegexAllowance } from "../linear-regex.ts";

/** What pays for searching. */
export interface FuelPayer {
  readonly spend: (units: number) => void;
}

/** Where a regular expression matched, and what its groups did. */
export interface RegexMatch {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

const BOUNDS = {
  lengthMax: 1000,
  rangesMax: 200,
  foldedRangesMax: 20,
  programSizeMax: 6000,
  programSizesMax: 6000,
  tooLarge: "the regular expression is too large: repeat less, or take the text apart with $split",
};

/** Characters times instructions that one unit of fuel searches. At worst every instruction is tried at every character. */
const TRIES_PER_FUEL = 2.8;
/** What a character takes beside its tries, in tries. */
const TRIES_PER_CHARACTER = 3;
const SEARCH_COST = 8;
const GROUP_COST = 0.5;

/** Characters that are paid for at a time. */
const CHARACTERS_PER_PAYMENT = 4;

type Matcher = ReturnType<RE2JS["matcher"]>;

/** A compiled regular expression: it searches in linear time, and all that a search looks at is paid for. */
export class RegexProgram {
  readonly source: string;
  readonly #program: RE2JS;
  /** Instructions of the compiled expression. */
  readonly size: number;

  constructor(source: string, program: RE2JS) {
    this.source = source;
    this.#program = program;
    this.size = program.programSize();
  }

  /** Begins to search a text. */
  open(text: string): RegexSearch {
    return new RegexSearch(this.#program, text);
  }
}

/** The search of a text for a regular expression, from its beginning to its end. */
export class RegexSearch {
  readonly text: string;
  readonly #matcher: Matcher;
  readonly #metered: MeteredText;

  constructor(program: RE2JS, text: string) {
    this.text = text;
    this.#metered = new MeteredText(text, program.programSize());
    const metered: unknown = this.#metered;
    this.#matcher = program.matcher(isTextOfEngine(metered) ? metered : text);
  }

  /** Finds the first match at or after an offset. How far the engine looks ahead is paid for as it does. */
  find(from: number, payer: FuelPayer): RegexMatch | null {
    payer.spend(SEARCH_COST);
    const [matcher, metered] = [this.#matcher, this.#metered];
    metered.payFrom(from, payer);
    if (!matcher.find(from)) {
      return null;
    }
    const [start, end] = [matcher.start(), matcher.end()];
    // The groups are found by a second search, from where the match begins.
    metered.payFrom(start, payer);
    const groups: (string | undefined)[] = [];
    for (let group = 1; group <= matcher.groupCount(); group += 1) {
      payer.spend(GROUP_COST);
      groups.push(textOrNothing(this.text, matcher.start(group), matcher.end(group)));
    }
    return { text: this.text.slice(start, end), start, end, groups };
  }
}

/** The engine takes objects that are texts for texts, and reads them a character at a time. */
function isTextOfEngine(value: unknown): value is string {
  return value instanceof MeteredText;
}

function textOrNothing(text: string, start: number, end: number): string | undefined {
  return start < 0 ? undefined : text.slice(start, end);
}

/** A text that has what is read of it paid for, each character once for each search. */
class MeteredText extends String {
  readonly #text: string;
  readonly #fuelPerCharacter: number;
  #payer: FuelPayer | null = null;
  #paidTo = 0;

  constructor(text: string, programSize: number) {
    super(text);
    this.#text = text;
    this.#fuelPerCharacter = (programSize + TRIES_PER_CHARACTER) / TRIES_PER_FUEL;
  }

  /** Begins anew at an offset: what is before it is not looked at. */
  payFrom(offset: number, payer: FuelPayer): void {
    this.#paidTo = offset;
    this.#payer = payer;
  }

  override charCodeAt(index: number): number {
    if (index >= this.#paidTo) {
      this.#payTo(index + CHARACTERS_PER_PAYMENT, this.#fuelPerCharacter);
    }
    return this.#text.charCodeAt(index);
  }

  /** The engine looks for fixed parts of the expression first. This takes a fraction of a search. */
  override indexOf(part: string, position = 0): number {
    const found = this.#text.indexOf(part, position);
    const length = (found === -1 ? this.#text.length : found) - position;
    this.#payer?.spend(Math.max(0, length) / CHARACTERS_PER_FUEL);
    return found;
  }

  #payTo(offset: number, fuelPerCharacter: number): void {
    const next = Math.min(offset, this.#text.length + 1);
    this.#payer?.spend(Math.max(0, next - this.#paidTo) * fuelPerCharacter);
    this.#paidTo = next;
  }
}

/** At worst, where each character could begin the part. */
const CHARACTERS_PER_FUEL = 10;

/** Bounds the regular expressions of one text together: compiling them is work too. */
export class RegexCompiler {
  readonly #compiler: LinearRegexCompiler;

  /** `shared` bounds those of several texts together. */
  constructor(shared: RegexAllowance | null) {
    this.#compiler = new LinearRegexCompiler(BOUNDS, shared);
  }

  /** Compiles one; throws a `RegexRefusal` that says why it cannot be had. */
  compile(pattern: string, flags: string): RegexProgram {
    return new RegexProgram(pattern, this.#compiler.compile(pattern, flags));
  }
}
