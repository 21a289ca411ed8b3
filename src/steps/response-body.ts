import type { Json } from "../domain/json.ts";
import type { ResponseMode } from "./http-params.ts";
import { RESPONSE_DEPTH_MAX } from "./limits.ts";

/** The body as a value, or why it has none. */
export type DecodedBody =
  | { readonly ok: true; readonly body: Json }
  | {
      readonly ok: false;
      readonly code: "response_not_json" | "response_not_text" | "response_too_deep";
      readonly message: string;
    };

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$|^text\/json$/;
const TEXT_TYPE =
  /^text\/|\+xml$|^application\/(?:xml|yaml|x-yaml|x-ndjson|jsonl|javascript|ecmascript|x-www-form-urlencoded|graphql|sql|toml|jwt)$/;

/**
 * Turns the body of a response into a value. Text is read as UTF-8, with U+FFFD for what is none.
 *
 * @param bytes - The whole body.
 * @param contentType - The `content-type` header, or undefined when the response has none.
 * @param mode - How the step wants it read; `auto` goes by the content type.
 * @returns JSON or text; null for an empty body; or why it is neither.
 */
export function decodeBody(bytes: Uint8Array, contentType: string | undefined, mode: ResponseMode): DecodedBody {
  const type = readMediaType(contentType);
  if (bytes.byteLength === 0) {
    return { ok: true, body: mode === "text" ? "" : null };
  }
  if (mode === "json" || (mode === "auto" && JSON_TYPE.test(type))) {
    return decodeJson(decodeText(bytes), type);
  }
  if (mode === "text" || isText(bytes, type)) {
    return { ok: true, body: decodeText(bytes) };
  }
  const message = `the response is ${type || "binary data"}, neither JSON nor text: ask the API for JSON (an \`accept\` header), or for a link to the file; \`response: text\` reads it as UTF-8 all the same`;
  return { ok: false, code: "response_not_text", message };
}

/**
 * Reads bytes as UTF-8.
 *
 * @param bytes - Any bytes.
 * @returns The text, without a byte order mark, with U+FFFD for what is no UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * Reads the media type of a `content-type` header.
 *
 * @param contentType - The header, or undefined when there is none.
 * @returns The type in lower case, without parameters; empty when there is none.
 */
export function readMediaType(contentType: string | undefined): string {
  return contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
}

/**
 * Tells whether a body can be shown to people as text.
 *
 * @param bytes - The body or its start.
 * @param type - Its media type; empty when there was none.
 * @returns True for JSON and text types, and for untyped bodies without NUL bytes.
 */
export function isText(bytes: Uint8Array, type: string): boolean {
  return type === "" ? !bytes.includes(0) : TEXT_TYPE.test(type) || JSON_TYPE.test(type);
}

function decodeJson(text: string, type: string): DecodedBody {
  let body: Json;
  try {
    body = JSON.parse(text);
  } catch {
    const message = `the response (${type || "no content type"}) is no valid JSON: look at what the API sends, or set \`response: text\``;
    return { ok: false, code: "response_not_json", message };
  }
  if (isDeeperThan(body, RESPONSE_DEPTH_MAX)) {
    const message = `the response nests more than ${RESPONSE_DEPTH_MAX} levels deep: set \`response: text\`, or ask the API for less`;
    return { ok: false, code: "response_too_deep", message };
  }
  return { ok: true, body };
}

function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return levels === 0 || Object.values(value).some((member: Json) => isDeeperThan(member, levels - 1));
}
