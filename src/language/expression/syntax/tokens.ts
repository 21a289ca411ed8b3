import { isKeptNumber } from "../../json-text.ts";
import { syntaxFailure } from "./syntax-failure.ts";

/** A word of an expression: `start` and `end` are offsets into its text. */
export type Token =
  | { readonly kind: "operator"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "name"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "variable"; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: "literal";
      readonly text: string;
      readonly value: string | number | boolean | null;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "regex";
      readonly text: string;
      readonly pattern: string;
      readonly flags: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "end"; readonly text: ""; readonly start: number; readonly end: number };

const WHITE_SPACE = " \t\n\r\v";
const PAIRS: ReadonlySet<string> = new Set(["..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"]);
const SINGLES: ReadonlySet<string> = new Set(".[]{}(),@#;:?+-*/%|=<>^&!~");
const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "in"]);
const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][-+]?\d+)?/y;
const HEX = /^[\dA-Fa-f]{4}$/;

/** Reads an expression word by word, each character once. */
export class Tokenizer {
  readonly #source: string;
  #position = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Continues at another place: what is between has been read by other means. */
  moveTo(position: number): void {
    this.#position = position;
  }

  /** Reads the next word. `isOperand` tells that a value can begin here, where `/` begins a regular expression. */
  next(isOperand: boolean): Token {
    this.#skipBlank();
    const source = this.#source;
    const start = this.#position;
    if (start >= source.length) {
      return { kind: "end", text: "", start: source.length, end: source.length };
    }
    const character = source.charAt(start);
    if (character === "/" && isOperand) {
      return this.#readRegex(start);
    }
    const operator = this.#operatorAt(start);
    if (operator !== null) {
      this.#position = start + operator.length;
      return { kind: "operator", text: operator, start, end: this.#position };
    }
    return this.#readOperand(start, character);
  }

  #operatorAt(start: number): string | null {
    const pair = this.#source.slice(start, start + 2);
    const single = pair.charAt(0);
    return PAIRS.has(pair) ? pair : SINGLES.has(single) ? single : null;
  }

  #readOperand(start: number, character: string): Token {
    if (character === '"' || character === "'") {
      return this.#readText(start, character);
    }
    return character === "`" ? this.#readQuotedName(start) : (this.#readNumber(start) ?? this.#readName(start));
  }

  #skipBlank(): void {
    const source = this.#source;
    for (;;) {
      while (this.#position < source.length && WHITE_SPACE.includes(source.charAt(this.#position))) {
        this.#position += 1;
      }
      if (!source.startsWith("/*", this.#position)) {
        return;
      }
      const close = source.indexOf("*/", this.#position + 2);
      if (close === -1) {
        throw syntaxFailure(this.#position, "S0106", "the comment is not closed: end it with `*/`");
      }
      this.#position = close + 2;
    }
  }

  #readNumber(start: number): Token | null {
    NUMBER.lastIndex = start;
    const [text] = NUMBER.exec(this.#source) ?? [];
    if (text === undefined) {
      return null;
    }
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw syntaxFailure(start, "S0102", `the number ${text.slice(0, 40)} is out of range`);
    }
    if (!isKeptNumber(text)) {
      const shown = text.slice(0, 40);
      throw syntaxFailure(start, "S0102", `the number ${shown} would lose digits: put it in quotes, as a text`);
    }
    this.#position = start + text.length;
    return { kind: "literal", text, value, start, end: this.#position };
  }

  #readName(start: number): Token {
    const source = this.#source;
    let end = start;
    while (end < source.length && !WHITE_SPACE.includes(source.charAt(end)) && !SINGLES.has(source.charAt(end))) {
      end += 1;
    }
    this.#position = end;
    const text = source.slice(start, end);
    if (text.startsWith("$")) {
      return { kind: "variable", text: text.slice(1), start, end };
    }
    const constant = CONSTANTS.get(text);
    if (constant !== undefined) {
      return { kind: "literal", text, value: constant, start, end };
    }
    return { kind: KEYWORDS.has(text) ? "operator" : "name", text, start, end };
  }

  #readQuotedName(start: number): Token {
    const close = this.#source.indexOf("`", start + 1);
    if (close === -1) {
      throw syntaxFailure(start, "S0105", "the name is not closed: end it with a backquote");
    }
    this.#position = close + 1;
    return { kind: "name", text: this.#source.slice(start + 1, close), start, end: close + 1 };
  }

  #readText(start: number, quote: string): Token {
    const source = this.#source;
    const parts: string[] = [];
    let from = start + 1;
    for (let at = from; at < source.length; at += 1) {
      const character = source.charAt(at);
      if (character === quote) {
        parts.push(source.slice(from, at));
        this.#position = at + 1;
        const value = parts.join("");
        return { kind: "literal", text: value, value, start, end: at + 1 };
      }
      if (character === "\\") {
        parts.push(source.slice(from, at), this.#readEscape(at + 1));
        at += source.charAt(at + 1) === "u" ? 5 : 1;
        from = at + 1;
      }
    }
    throw syntaxFailure(start, "S0101", `the text is not closed: end it with ${quote}`);
  }

  #readEscape(at: number): string {
    const character = this.#source.charAt(at);
    if (character === "u") {
      const digits = this.#source.slice(at + 1, at + 5);
      if (!HEX.test(digits)) {
        throw syntaxFailure(at - 1, "S0104", "`\\u` must be followed by 4 hexadecimal digits");
      }
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escape = ESCAPES.get(character);
    if (escape === undefined) {
      throw syntaxFailure(at - 1, "S0103", `\`\\${character}\` is no escape: write \`\\\\\` for a backslash`);
    }
    return escape;
  }

  #readRegex(start: number): Token {
    const source = this.#source;
    const close = findRegexEnd(source, start + 1);
    if (close === -1) {
      throw syntaxFailure(start, "S0302", "the regular expression is not closed: end it with `/`");
    }
    const pattern = source.slice(start + 1, close);
    if (pattern === "") {
      throw syntaxFailure(start, "S0301", "the regular expression is empty");
    }
    let end = close + 1;
    while (source.charAt(end) === "i" || source.charAt(end) === "m") {
      end += 1;
    }
    this.#position = end;
    return { kind: "regex", text: source.slice(start, end), pattern, flags: source.slice(close + 1, end), start, end };
  }
}

/** A `/` within brackets does not end a regular expression. */
function findRegexEnd(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === "\\") {
      at += 1;
    } else if (character === "/" && depth === 0) {
      return at;
    } else if ("([{".includes(character)) {
      depth += 1;
    } else if (")]}".includes(character)) {
      depth -= 1;
    }
  }
  return -1;
}
