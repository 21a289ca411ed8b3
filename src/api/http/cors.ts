import type { Settings } from "../../env.ts";
import { noContent } from "./answer.ts";

const ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id";
const EXPOSED_HEADERS = "ETag, Location, Idempotent-Replayed, Retry-After, X-Request-Id";

/** A browser may remember for this long what it may send. */
const REMEMBERED_SECONDS = "600";

/** The origin of a page that was opened from a file. */
const FILE_ORIGIN = "null";

/**
 * Says what a browser may do with an answer on behalf of a page of another origin. Cookies are never allowed: keys go
 * in a header.
 *
 * @param origin - The `Origin` header, or null.
 * @param settings - Names the origins.
 * @returns Headers; none when the origin may nothing.
 */
export function allowOrigin(origin: string | null, settings: Settings): Readonly<Record<string, string>> {
  const isAllowed =
    origin !== null && (origin === FILE_ORIGIN ? settings.allowFileOrigin : settings.corsOrigins.includes(origin));
  return isAllowed
    ? { "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED_HEADERS, Vary: "Origin" }
    : {};
}

/**
 * Answers a browser that asks what it may send.
 *
 * @param origin - The `Origin` header, or null.
 * @param settings - Names the origins.
 * @returns The answer; without permission when the origin may nothing.
 */
export function answerPreflight(origin: string | null, settings: Settings): Response {
  const permission = allowOrigin(origin, settings);
  const isAllowed = Object.keys(permission).length > 0;
  const more = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": ALLOWED_HEADERS,
    "Access-Control-Max-Age": REMEMBERED_SECONDS,
  };
  return noContent(isAllowed ? { ...permission, ...more } : { Vary: "Origin" });
}
