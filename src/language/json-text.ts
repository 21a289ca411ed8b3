import type { Json } from "../domain/json.ts";
import { toPointer, type RecipePath } from "./recipe-issue.ts";

/** A JSON text as a value, or the first thing that keeps it from being stored as it was sent. */
export type StrictJson =
  | { readonly ok: true; readonly value: Json }
  | {
      readonly ok: false;
      /** Names the place, the thing and the fix. */
      readonly message: string;
      /** JSON Pointer to the value; null for a text that is no JSON. */
      readonly path: string | null;
    };

/** Most levels of nested lists and objects in a body. */
export const BODY_DEPTH_MAX = 64;

/** In a request, names of members are free only in here: everywhere else the API knows them all, and none is this one. */
const DATA_MEMBER = "input";

/** What JSON holds, read from left to right: strings, numbers, and the marks that open, close and separate. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:,]/g;

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Found in every text with a number that a double does not keep; texts without it need no second look. */
const SUSPECT = /(?<![\d.])\d{16}|\d[eE][+-]?\d{3}|\.\d{200}/;

/**
 * Tells whether a number as it is written is a number that a double holds: as a whole number, exactly; with a fraction
 * or an exponent, to the digits that a double has.
 *
 * @param literal - The number in JSON, or in the forms that YAML has beside it.
 * @returns False for whole numbers beyond 9007199254740991, from where on neighbours fall together (written with an
 *   exponent they are no count, and kept); for 1e400, which no double reaches; and for 1e-400, which would be 0.
 */
export function isKeptNumber(literal: string): boolean {
  const number = Number(literal);
  if (number === 0) {
    return !/^[^eE]*[1-9]/.test(literal);
  }
  return Number.isFinite(number) && (Math.abs(number) <= Number.MAX_SAFE_INTEGER || /^[^xX]*[eE]/.test(literal));
}

/**
 * Parses JSON that is taken as it comes: a number that a double does not keep becomes text, digit by digit as written.
 * Of members named twice the last one counts.
 *
 * @param text - The JSON.
 * @returns The value; throws a `SyntaxError` when the text is no JSON.
 */
export function parseExactJson(text: string): Json {
  const value: Json = JSON.parse(text);
  if (!SUSPECT.test(text)) {
    return value;
  }
  const quoted = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || isKeptNumber(token) ? token : `"${token}"`,
  );
  return JSON.parse(quoted);
}

/**
 * Parses JSON and refuses what would be changed or lost on its way into PostgreSQL and back: members named twice, NUL
 * characters, halves of surrogate pairs, numbers that no double holds; members named `__proto__` outside of data; and
 * too many levels.
 *
 * @param text - The body of a request.
 * @param holds - What the text holds: a request with data in it, or data of users as a whole.
 * @returns The value, or what is wrong with it.
 */
export function parseStrictJson(text: string, holds: "request" | "data" = "request"): StrictJson {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown syntax";
    return { ok: false, message: `the body is no JSON: ${reason.replace(/,? "(?:\.\.\.)?.*$/s, "")}`, path: null };
  }
  const reader = new FaultFinder(holds === "data");
  const fault = reader.find(text);
  return fault === null ? { ok: true, value } : { ok: false, message: fault, path: reader.path };
}

/** A list or an object that is open where the reader is. */
interface OpenPart {
  /** The names so far; null for a list. */
  readonly names: Set<string> | null;
  /** The member or entry that the reader is in. */
  at: string | number;
  /** Whether the next string names a member. */
  isNameNext: boolean;
}

/** Reads a text that is JSON, so only what JSON allows has to be told apart. */
class FaultFinder {
  readonly #open: OpenPart[] = [];
  readonly #isData: boolean;

  constructor(isData: boolean) {
    this.#isData = isData;
  }

  /** Where the reader is, as a JSON Pointer. */
  get path(): string {
    return toPointer(this.#steps());
  }

  find(text: string): string | null {
    for (const [token] of text.matchAll(TOKEN)) {
      const fault = token.startsWith('"') ? this.#readString(token) : this.#readOther(token);
      if (fault !== null) {
        return fault;
      }
      if (this.#open.length > BODY_DEPTH_MAX) {
        return `the body has more than ${BODY_DEPTH_MAX} levels of nested lists and objects`;
      }
    }
    return null;
  }

  #steps(): RecipePath {
    return this.#open.map(({ at }) => at);
  }

  /** Names the place for people; the top of the body needs no name. */
  #place(): string {
    return this.#open.length === 0 ? "" : ` at \`${this.path.slice(0, 200)}\``;
  }

  #readString(token: string): string | null {
    const text: string = token.includes("\\") ? JSON.parse(token) : token.slice(1, -1);
    if (text.includes("\0") || !text.isWellFormed()) {
      return `the body holds a NUL character or half of a surrogate pair${this.#place()}, which cannot be stored; remove it`;
    }
    const around = this.#open.at(-1);
    return around?.names === null || around?.isNameNext !== true ? null : this.#readName(text, around, around.names);
  }

  #readName(name: string, around: OpenPart, names: Set<string>): string | null {
    const isKnown = names.has(name);
    names.add(name);
    around.at = name;
    if (isKnown) {
      return `the body names the member \`${name.slice(0, 100)}\` twice in one object; keep one of them`;
    }
    return name === "__proto__" && !this.#isData && this.#open[0]?.at !== DATA_MEMBER
      ? `there is no \`__proto__\` here; remove it, or put it under \`${DATA_MEMBER}\``
      : null;
  }

  #readOther(token: string): string | null {
    const around = this.#open.at(-1);
    switch (token) {
      case "{":
        this.#open.push({ names: new Set(), at: "", isNameNext: true });
        return null;
      case "[":
        this.#open.push({ names: null, at: 0, isNameNext: false });
        return null;
      case "}":
      case "]":
        this.#open.pop();
        return null;
      case ":":
      case ",":
        if (around !== undefined) {
          passMark(token, around);
        }
        return null;
      default:
        return isKeptNumber(token)
          ? null
          : `the number ${token.slice(0, 40)}${this.#place()} cannot be kept as it is written; send it as a text, in quotes`;
    }
  }
}

function passMark(mark: ":" | ",", around: OpenPart): void {
  around.isNameNext = mark === ",";
  if (mark === "," && typeof around.at === "number") {
    around.at += 1;
  }
}
