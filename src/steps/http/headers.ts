import { isJsonObject } from "../../domain/json.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import { HEADER_COUNT_MAX, HEADERS_BYTES_MAX } from "./limits.ts";
import { isScalar } from "./scalar.ts";

/** HeaderValues by lower-case name. */
export type HeaderValues = Readonly<Record<string, string>>;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

// Visible Latin-1, space and tab: no CR or LF that would start another header, and nothing that fetch refuses.
const VALUE = /^[\t\x20-\x7E\x80-\xFF]*$/;

// HeaderValues that describe the connection or the framing of the message, which only the runtime can know.
const SET_BY_RUNTIME = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

// Of a response, what concerns one connection or the framing, and cookies: credentials that nobody asked to be stored.
const NOT_KEPT = new Set([...SET_BY_RUNTIME, "proxy-authenticate", "set-cookie", "set-cookie2"]);

// What the next call of a recipe is made from: pages, places, versions.
const ACTED_ON = new Set(["content-type", "etag", "last-modified", "link", "location", "retry-after"]);

const SECRET = new Set(["authorization", "cookie", "proxy-authorization", "x-api-key"]);

/**
 * Reads the `headers` parameter of an `http` step. Values that are null are left out.
 *
 * @param value - As resolved, or undefined when not given.
 * @param problems - Where what is wrong is added, one sentence each.
 * @returns The headers; of use only when no problem was added.
 */
export function parseHeaders(value: Json | undefined, problems: string[]): HeaderValues {
  if (value !== undefined && !isJsonObject(value)) {
    problems.push("`headers` must be an object of names and values");
    return {};
  }
  const headers = new Map<string, string>();
  for (const [name, entry] of Object.entries(value ?? {}).filter(([, candidate]) => candidate !== null)) {
    const lowerName = name.toLowerCase();
    const text = isScalar(entry) ? String(entry) : null;
    const problem = headers.has(lowerName) ? `header \`${name}\` is given twice` : findProblem(name, text);
    if (problem !== null) {
      problems.push(problem);
    }
    headers.set(lowerName, text ?? "");
  }
  if (keepWithinLimits([...headers]).length < headers.size) {
    problems.push(
      `the headers exceed ${HEADER_COUNT_MAX} entries or ${HEADERS_BYTES_MAX} bytes: send less, or use the body`,
    );
  }
  return Object.fromEntries(headers);
}

/**
 * Chooses the headers of a response that a step's output keeps: neither those of the connection nor cookies, and as
 * many as the limits allow, in the order given. Those that recipes act on are never lost to others.
 *
 * @param headers - As received.
 * @returns Those that are kept.
 */
export function keepResponseHeaders(headers: HeaderValues): HeaderValues {
  const kept = Object.entries(headers).filter(([name]) => !NOT_KEPT.has(name));
  return Object.fromEntries(keepWithinLimits(kept));
}

/**
 * Hides the values of headers that carry credentials, whatever the case of their names.
 *
 * @param headers - The `headers` parameter as resolved.
 * @returns The same names, with `***` for what must not be seen.
 */
export function maskHeaders(headers: JsonObject): JsonObject {
  const masked = Object.entries(headers).map(([name, value]) => [name, SECRET.has(name.toLowerCase()) ? "***" : value]);
  return Object.fromEntries(masked);
}

function findProblem(name: string, text: string | null): string | null {
  const lowerName = name.toLowerCase();
  if (!NAME.test(name)) {
    return `${JSON.stringify(name.slice(0, 60))} is no header name`;
  }
  if (lowerName === "idempotency-key") {
    return "header `Idempotency-Key` is sent by Baton, the same for every attempt: remove it, or send yours under another name";
  }
  if (SET_BY_RUNTIME.has(lowerName)) {
    return `header \`${name}\` is set by the runtime: remove it`;
  }
  if (text === null) {
    return `header \`${name}\` must be text, not a list or an object`;
  }
  if (!VALUE.test(text)) {
    return `header \`${name}\` holds a character that headers cannot carry (a line break, a control character or one beyond Latin-1): encode it`;
  }
  return null;
}

// One that does not fit makes room for those after it. What recipes act on goes first; the order stays as given.
function keepWithinLimits(entries: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const kept = new Set<string>();
  let room = HEADERS_BYTES_MAX;
  for (const [name, value] of entries.toSorted((one, other) => rankHeader(one[0]) - rankHeader(other[0]))) {
    const bytes = name.length + value.length;
    if (bytes <= room && kept.size < HEADER_COUNT_MAX) {
      kept.add(name);
      room -= bytes;
    }
  }
  return entries.filter(([name]) => kept.has(name));
}

function rankHeader(name: string): number {
  return ACTED_ON.has(name) ? 0 : 1;
}
