import { FormatFault } from "./format-fault.ts";

/**
 * Reads comma-separated values (RFC 4180): quotes around a field keep separators and line breaks in it, two of them
 * stand for one; lines end with LF or CRLF; an empty last line does not count.
 *
 * @param text - The document; a byte order mark is passed over.
 * @param separator - A single character, mostly `,`, `;` or a tab.
 * @returns Lines of fields.
 * @throws FormatFault `D3210` for a quote that is not closed or that text follows, or a separator that is none.
 */
export function parseCsv(text: string, separator: string): readonly (readonly string[])[] {
  if (separator.length !== 1 || /["\r\n]/.test(separator)) {
    throw new FormatFault("D3210", "the separator must be a single character, and no quote or line break");
  }
  const reader = new CsvReader(text.replace(/^\uFEFF/, ""), separator);
  const lines: (readonly string[])[] = [];
  while (!reader.isAtEnd) {
    lines.push(reader.readLine());
  }
  return lines;
}

class CsvReader {
  readonly #text: string;
  readonly #separator: string;
  #at = 0;
  #line = 1;

  constructor(text: string, separator: string) {
    this.#text = text;
    this.#separator = separator;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  readLine(): readonly string[] {
    const fields = [this.#readField()];
    while (this.#text[this.#at] === this.#separator) {
      this.#at += 1;
      fields.push(this.#readField());
    }
    if (this.#text.startsWith("\r\n", this.#at)) {
      this.#at += 2;
    } else if (this.#text[this.#at] === "\n") {
      this.#at += 1;
    } else if (!this.isAtEnd) {
      throw new FormatFault("D3210", `line ${this.#line} has text behind the closing quote of a field`);
    }
    this.#line += 1;
    return fields;
  }

  #readField(): string {
    return this.#text[this.#at] === '"' ? this.#readQuoted() : this.#readBare();
  }

  #readBare(): string {
    const start = this.#at;
    while (!this.isAtEnd && !this.#isBoundary()) {
      this.#at += 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #isBoundary(): boolean {
    const character = this.#text[this.#at];
    return character === this.#separator || character === "\n" || this.#text.startsWith("\r\n", this.#at);
  }

  #readQuoted(): string {
    const pieces: string[] = [];
    for (;;) {
      const close = this.#text.indexOf('"', this.#at + 1);
      if (close === -1) {
        throw new FormatFault("D3210", `line ${this.#line} opens a quote that is not closed`);
      }
      pieces.push(this.#text.slice(this.#at + 1, close));
      this.#at = close + 1;
      if (this.#text[this.#at] !== '"') {
        return pieces.join('"');
      }
    }
  }
}
