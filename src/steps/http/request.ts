import { isJsonObject } from "../../domain/json.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { HttpRequest } from "../ports.ts";
import { isExpected } from "./expected-status.ts";
import { maskHeaders } from "./headers.ts";
import type { HeaderValues } from "./headers.ts";
import { REDIRECTS_MAX, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, SHOWN_BODY_BYTES_MAX } from "./limits.ts";
import type { HttpParams } from "./parameters.ts";
import { isScalar } from "./scalar.ts";

/** The request, or what keeps it from being sent. */
export type BuiltRequest =
  | { readonly ok: true; readonly request: HttpRequest }
  | { readonly ok: false; readonly code: "http_params" | "request_too_large"; readonly message: string };

const FORM = "application/x-www-form-urlencoded";
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Makes the request that an `http` step sends. A body that is text is sent as it is; an object is sent as a form when
 * the step's own content type says so; anything else is sent as JSON.
 *
 * @param params - The checked parameters.
 * @param idempotencyKey - The same for every attempt of the step.
 * @returns The request, or why there is none.
 */
export function buildRequest(params: HttpParams, idempotencyKey: string): BuiltRequest {
  const text = params.body === null ? null : encodeBody(params.body, params.headers);
  if (text !== null && typeof text !== "string") {
    return { ok: false, code: "http_params", message: text.problem };
  }
  const body = text === null ? null : new TextEncoder().encode(text);
  if (body !== null && body.byteLength > REQUEST_BYTES_MAX) {
    const message = `the request body is ${body.byteLength} bytes, more than the ${REQUEST_BYTES_MAX} allowed: send less, or a link to it`;
    return { ok: false, code: "request_too_large", message };
  }
  const contentType = typeof params.body === "string" ? "text/plain;charset=UTF-8" : "application/json";
  const headers = {
    "user-agent": "baton",
    ...(body === null ? {} : { "content-type": contentType }),
    ...params.headers,
    "idempotency-key": idempotencyKey,
  };
  const stopsAtRedirects = REDIRECTS.some((status) => isExpected(params.expect, status));
  const redirectsMax = stopsAtRedirects ? null : REDIRECTS_MAX;
  const { method, url } = params;
  return { ok: true, request: { method, url, headers, body, redirectsMax, responseBytesMax: RESPONSE_BYTES_MAX } };
}

/**
 * Shows what an `http` step was given, for the record: the resolved parameters without credentials.
 *
 * @param resolved - The `with` of the step, resolved.
 * @returns The same with credentials hidden, and a note in place of a large body.
 */
export function showParams(resolved: Json): Json {
  if (!isJsonObject(resolved)) {
    return null;
  }
  const { url, headers, body } = resolved;
  return {
    ...resolved,
    ...(typeof url === "string" ? { url: url.replace(/\/\/[^/?#]*@/, "//***@") } : {}),
    ...(isJsonObject(headers) ? { headers: maskHeaders(headers) } : {}),
    ...(body === undefined ? {} : { body: showBody(body) }),
  };
}

function showBody(body: Json): Json {
  const bytes = new TextEncoder().encode(JSON.stringify(body)).byteLength;
  return bytes <= SHOWN_BODY_BYTES_MAX ? body : `(${bytes} bytes of JSON, too large to be recorded)`;
}

function encodeBody(body: Json, headers: HeaderValues): string | { readonly problem: string } {
  if (typeof body === "string") {
    return body;
  }
  const isForm = headers["content-type"]?.toLowerCase().startsWith(FORM) ?? false;
  return isForm && isJsonObject(body) ? encodeForm(body) : JSON.stringify(body);
}

function encodeForm(body: JsonObject): string | { readonly problem: string } {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (isScalar(value)) {
      form.append(name, String(value));
    } else if (value !== null) {
      return {
        problem: `\`body.${name.slice(0, 60)}\` is no text, but a form carries only text: flatten it, or send JSON`,
      };
    }
  }
  return form.toString();
}
