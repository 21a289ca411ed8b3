import type { Json } from "../../domain/json.ts";

/** A JSON text as a value, or the first thing that keeps it from being stored as it was sent. */
export type StrictJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

/** Most levels of nested lists and objects in a body. */
export const BODY_DEPTH_MAX = 64;

/** What a body may hold, read from left to right: strings, numbers, and the marks that open, close and separate. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:,]/g;

interface OpenObject {
  readonly names: Set<string>;
  /** Whether the next string names a member. */
  isNameNext: boolean;
}

/**
 * Parses JSON and refuses what would be changed or lost on its way into PostgreSQL and back: members named twice, NUL
 * characters, halves of surrogate pairs, numbers that no double holds; and what could do harm: too many levels, and
 * members named `__proto__`.
 *
 * @param text - The body.
 * @returns The value, or what is wrong with it.
 */
export function parseStrictJson(text: string): StrictJson {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown syntax";
    return { ok: false, message: `the body is no JSON: ${reason.replace(/,? "(?:\.\.\.)?.*$/s, "")}` };
  }
  const fault = findFault(text);
  return fault === null ? { ok: true, value } : { ok: false, message: fault };
}

/** The text is JSON by now, so only what JSON allows has to be told apart. */
function findFault(text: string): string | null {
  const open: (OpenObject | null)[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const around = open.at(-1) ?? null;
    const fault = token.startsWith('"') ? faultOfString(token, around) : faultOfNumber(token);
    if (fault !== null) {
      return fault;
    }
    follow(token, open);
    if (open.length > BODY_DEPTH_MAX) {
      return `the body has more than ${BODY_DEPTH_MAX} levels of nested lists and objects`;
    }
  }
  return null;
}

function follow(token: string, open: (OpenObject | null)[]): void {
  if (token === "{") {
    open.push({ names: new Set(), isNameNext: true });
  } else if (token === "[") {
    open.push(null);
  } else if (token === "}" || token === "]") {
    open.pop();
  } else if (token === "," || token === ":") {
    const around = open.at(-1) ?? null;
    if (around !== null) {
      around.isNameNext = token === ",";
    }
  }
}

function faultOfString(token: string, around: OpenObject | null): string | null {
  const text: string = token.includes("\\") ? JSON.parse(token) : token.slice(1, -1);
  if (text.includes("\0") || !text.isWellFormed()) {
    return "the body holds a NUL character or half of a surrogate pair, which cannot be stored; remove it";
  }
  if (around === null || !around.isNameNext) {
    return null;
  }
  if (text === "__proto__") {
    return "the body holds a member named `__proto__`; rename it";
  }
  if (around.names.has(text)) {
    return `the body names the member \`${text.slice(0, 100)}\` twice in one object; keep one of them`;
  }
  around.names.add(text);
  return null;
}

function faultOfNumber(token: string): string | null {
  const first = token.charCodeAt(0);
  if (first > 0x39) {
    return null;
  }
  const isWhole = /^-?\d+$/.test(token);
  const number = Number(token);
  if (Number.isNaN(number) || (Number.isFinite(number) && !(isWhole && !Number.isSafeInteger(number)))) {
    return null;
  }
  return `the body holds the number ${token.slice(0, 40)}, which would lose digits; send it as a text`;
}
