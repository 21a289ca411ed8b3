/** One message of an event stream. */
export interface SseMessage {
  /** Its `event` field; `message` when it has none. */
  readonly event: string;
  /** Its `data` lines, joined. */
  readonly data: string;
  /** The last `id` seen so far, or null before the first. */
  readonly id: string | null;
}

// A line this long is no event of ours: the largest event carries an error message of a few KiB.
const BUFFER_CHARS_MAX = 1024 * 1024;

/** Reads the text of an event stream (`text/event-stream`) that arrives in arbitrary pieces. */
export class SseParser {
  #buffer = "";
  #event = "";
  #data: string[] = [];
  #id: string | null = null;

  /**
   * Takes the next piece of text.
   *
   * @param text - A piece, cut anywhere.
   * @returns The messages that it completes, in order. Throws when a line does not end within 1 MiB.
   */
  push(text: string): readonly SseMessage[] {
    this.#buffer += text;
    const lines = this.#buffer.split(/\r\n|\n|\r(?!$)/);
    this.#buffer = lines.pop() ?? "";
    if (this.#buffer.length > BUFFER_CHARS_MAX) throw new Error("a line of the event stream is longer than 1 MiB");
    return lines.flatMap((line) => this.#takeLine(line));
  }

  #takeLine(line: string): readonly SseMessage[] {
    if (line === "") return this.#complete();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    if (field === "event") this.#event = value;
    if (field === "id" && !value.includes("\0")) this.#id = value;
    return [];
  }

  #complete(): readonly SseMessage[] {
    const message = { event: this.#event === "" ? "message" : this.#event, data: this.#data.join("\n"), id: this.#id };
    // The standard drops messages without data; ours may say `event: end` and nothing more.
    const isEmpty = this.#event === "" && this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return isEmpty ? [] : [message];
  }
}
