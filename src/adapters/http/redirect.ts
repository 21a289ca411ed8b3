import type { HttpMethod } from "../../steps/ports.ts";
import { isRedirect } from "./send.ts";

/** One request of a chain of redirects. */
export interface Hop {
  readonly method: HttpMethod;
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** The next request, or why there must be none. */
export type Redirect =
  | { readonly kind: "hop"; readonly hop: Hop }
  | { readonly kind: "refused"; readonly reason: string };

const BODY_HEADERS = new Set(["content-encoding", "content-language", "content-location", "content-type"]);

// All that another origin gets to see. An allow-list, because a credential may hide in a header of any name. The
// idempotency key is no credential and stays: after a 307 the other origin is where the effect happens.
const CROSS_ORIGIN_HEADERS = new Set([
  ...BODY_HEADERS,
  "accept",
  "accept-encoding",
  "accept-language",
  "idempotency-key",
  "user-agent",
]);

/**
 * Finds where a response redirects to, by the rules of the Fetch standard for methods and bodies.
 *
 * @param hop - The request that was answered.
 * @param status - The status of the answer.
 * @param location - Its `location` header, or null when it has none.
 * @returns Null when the response is no redirect; else the next request, or why it is not followed: an address that
 *   cannot be read, or https giving way to http.
 */
export function findRedirect(hop: Hop, status: number, location: string | null): Redirect | null {
  if (!isRedirect(status, location)) {
    return null;
  }
  if (!URL.canParse(location, hop.url)) {
    return { kind: "refused", reason: "its `location` is no address" };
  }
  const url = new URL(location, hop.url);
  if (hop.url.protocol === "https:" && url.protocol === "http:") {
    return { kind: "refused", reason: "it leads from https to http: call an https address that stays on https" };
  }
  const becomesGet = turnsIntoGet(hop.method, status);
  const headers = Object.entries(hop.headers).filter(
    ([name]) =>
      (url.origin === hop.url.origin || CROSS_ORIGIN_HEADERS.has(name)) && !(becomesGet && BODY_HEADERS.has(name)),
  );
  const method = becomesGet ? "GET" : hop.method;
  return {
    kind: "hop",
    hop: { method, url, headers: Object.fromEntries(headers), body: becomesGet ? null : hop.body },
  };
}

function turnsIntoGet(method: HttpMethod, status: number): boolean {
  return status === 303
    ? method !== "GET" && method !== "HEAD"
    : method === "POST" && (status === 301 || status === 302);
}
