import type { Json } from "../../domain/json.ts";
import { parseExactJson } from "../../language/json-text.ts";
import { decodeJsonText, decodeLeniently, decodeWhole } from "./charset.ts";
import { readContentType } from "./content-type.ts";
import type { ContentType } from "./content-type.ts";
import { RESPONSE_DEPTH_MAX } from "./limits.ts";
import type { ResponseMode } from "./parameters.ts";

/** The body as a value, or why it has none. */
export type DecodedBody =
  | { readonly ok: true; readonly body: Json }
  | {
      readonly ok: false;
      readonly code: "response_not_json" | "response_not_text" | "response_too_deep";
      readonly message: string;
    };

/** One JSON value, under any of its names; those of several values (`ndjson`, `json-seq`) end otherwise. */
const JSON_TYPE = /[/+.-]json(?:[-.]?v?\d[\d.]*)?$/;

const XML_TYPE = /[/+]xml$/;

/** Never text, whatever their bytes look like. */
const MEDIA_TYPE = /^(?:image|audio|video|font|model)\//;

/** What JSON takes for white space. */
const BLANK = /^[ \t\r\n]*$/;

const REPLACING = "`response: text` reads it all the same, with U+FFFD for what cannot be decoded";

/**
 * Turns the body of a response into a value. Nothing in it is replaced, but where the step wants text whatever it is.
 *
 * @param bytes - The whole body.
 * @param header - The `content-type` header, or undefined when the response has none.
 * @param mode - How the step wants it read; `auto` reads JSON where the content type says JSON, and text where the bytes
 *   are text.
 * @returns JSON, with text in place of numbers that a double does not keep; or text; null for an empty or blank body of
 *   JSON; or why it is neither.
 */
export function decodeBody(bytes: Uint8Array, header: string | undefined, mode: ResponseMode): DecodedBody {
  const content = readContentType(header);
  if (mode === "text") {
    return { ok: true, body: decodeLeniently(bytes, content) };
  }
  if (bytes.byteLength === 0) {
    return { ok: true, body: null };
  }
  return mode === "json" || JSON_TYPE.test(content.type) ? decodeJson(bytes, content) : decodeText(bytes, content);
}

/**
 * Shows a body to people.
 *
 * @param bytes - The body or its start.
 * @param header - Its `content-type` header, or undefined when there was none.
 * @returns The text, with U+FFFD for what cannot be decoded; empty for what is no text.
 */
export function showResponse(bytes: Uint8Array, header: string | undefined): string {
  const content = readContentType(header);
  const isText = JSON_TYPE.test(content.type) || isTextByName(content) || readText(bytes, content).ok;
  return isText ? decodeLeniently(bytes, content) : "";
}

function decodeJson(bytes: Uint8Array, content: ContentType): DecodedBody {
  const texts = decodeJsonText(bytes, content);
  const parsed = texts.map(tryJson).find((result) => result !== null) ?? null;
  if (parsed === null) {
    const type = content.type === "" ? "no content type" : content.type;
    const reason = texts.length === 0 ? `is no UTF-8, as JSON is${nameOther(content)}` : "is no valid JSON";
    const message = `the response (${type}) ${reason}: look at what the API sends, or set \`response: text\``;
    return { ok: false, code: "response_not_json", message };
  }
  if (isDeeperThan(parsed.value, RESPONSE_DEPTH_MAX)) {
    const message = `the response nests more than ${RESPONSE_DEPTH_MAX} levels deep: set \`response: text\`, or ask the API for less`;
    return { ok: false, code: "response_too_deep", message };
  }
  return { ok: true, body: parsed.value };
}

function nameOther({ charset }: ContentType): string {
  return charset === null ? "" : `, and its charset \`${charset.slice(0, 60)}\` does not explain it`;
}

function tryJson(text: string): { readonly value: Json } | null {
  if (BLANK.test(text)) {
    return { value: null };
  }
  try {
    return { value: parseExactJson(text) };
  } catch {
    return null;
  }
}

function decodeText(bytes: Uint8Array, content: ContentType): DecodedBody {
  const read = readText(bytes, content);
  if (read.ok) {
    return { ok: true, body: read.text };
  }
  const type = content.type === "" ? "binary data" : content.type;
  const message = isTextByName(content)
    ? `the response (${type}) ${read.reason}: have the API send UTF-8, or name its charset; ${REPLACING}`
    : `the response is ${type}, neither JSON nor text: ask the API for JSON (an \`accept\` header), or for a link to the file; ${REPLACING}`;
  return { ok: false, code: "response_not_text", message };
}

/** Types that say nothing of text are text when all of their bytes are. */
function readText(bytes: Uint8Array, content: ContentType): ReturnType<typeof decodeWhole> {
  const decoded = isTextByName(content) || !MEDIA_TYPE.test(content.type) ? decodeWhole(bytes, content) : null;
  return decoded === null || (decoded.ok && decoded.text.includes("\0") && !isTextByName(content))
    ? { ok: false, reason: "is no text" }
    : decoded;
}

function isTextByName({ type, charset }: ContentType): boolean {
  return type.startsWith("text/") || charset !== null || XML_TYPE.test(type);
}

function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return levels === 0 || Object.values(value).some((member: Json) => isDeeperThan(member, levels - 1));
}
