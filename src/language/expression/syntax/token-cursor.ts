import type { ExpressionFailure } from "../expression-error.ts";
import { HINTS } from "./operators.ts";
import { syntaxFailure } from "./syntax-failure.ts";
import { Tokenizer, type Token } from "./tokens.ts";

/** Reads an expression one word ahead. */
export class TokenCursor {
  readonly source: string;
  readonly #tokens: Tokenizer;
  #token: Token;

  constructor(source: string) {
    this.source = source;
    this.#tokens = new Tokenizer(source);
    this.#token = this.#tokens.next(true);
  }

  /** The next word. */
  get token(): Token {
    return this.#token;
  }

  /** Whether the next word is an operator, and this one. */
  isAt(text: string): boolean {
    return this.#token.kind === "operator" && this.#token.text === text;
  }

  /** Goes on. `isOperand` tells that a value comes next, so that `/` begins a regular expression. */
  advance(isOperand: boolean): void {
    this.#token = this.#tokens.next(isOperand);
  }

  /** Goes on when the next word is an operator, and this one; throws an `ExpressionFailure` otherwise. */
  expect(text: string, isOperand: boolean): void {
    if (!this.isAt(text)) {
      throw this.unexpected(this.#token.kind === "end" ? "S0203" : "S0202", `\`${text}\``);
    }
    this.advance(isOperand);
  }

  /** Reads items with commas between them, and the bracket that closes them; throws an `ExpressionFailure` when one is missing. */
  readList<Item>(close: string, readItem: () => Item): readonly Item[] {
    const items: Item[] = [];
    while (!this.isAt(close)) {
      items.push(readItem());
      if (!this.isAt(",")) {
        break;
      }
      this.advance(true);
      if (this.isAt(close)) {
        throw this.unexpected("S0211", "a value");
      }
    }
    this.expect(close, false);
    return items;
  }

  /** Goes on from an offset: what is before was read by other means. */
  moveTo(position: number): void {
    this.#tokens.moveTo(position);
    this.advance(true);
  }

  /** Makes the failure of an expression that goes on with another word than was expected. */
  unexpected(code: string, expected: string): ExpressionFailure {
    const { kind, text, start } = this.#token;
    const found = kind === "end" ? "the end of the expression" : `\`${text.slice(0, 40)}\``;
    const hint = kind === "operator" && HINTS.has(text) ? ` (${HINTS.get(text) ?? ""})` : "";
    const isNone = kind === "operator" && (text === "!" || text === "~");
    return syntaxFailure(start, isNone ? "S0204" : code, `${expected} was expected, not ${found}${hint}`);
  }
}
