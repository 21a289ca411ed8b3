import { discardBody, readBodyStart } from "./read-body.ts";
import { isRedirect, listCodings } from "./send.ts";
import type { Send } from "./send.ts";

/** The part of `fetch` that calls are made with. Pass `(url, init) => fetch(url, init)`: a bare `fetch` loses its `this`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Makes the way over the runtime's own `fetch`. What it hides stays hidden: which connection a call takes, interim
 * answers, the bytes of headers.
 *
 * @param fetch - The `fetch` to use.
 * @param isDecoded - Whether that `fetch` gives a body with this `content-encoding` decoded; the header is passed as
 *   received.
 * @returns The way.
 */
export function createDirectSend(fetch: Fetch, isDecoded: (contentEncoding: string) => boolean): Send {
  return async ({ method, url, headers, body, bytesMax, followsRedirects }, signal) => {
    try {
      const response = await fetch(url, { method, headers, body, signal, redirect: "manual" });
      const { status } = response;
      const received = [...response.headers.entries()].map(([name, value]) => [name, value] as const);
      const isSkipped = followsRedirects && isRedirect(status, response.headers.get("location"));
      // A runtime that decodes takes an empty body for a broken one.
      if (isSkipped || response.headers.get("content-length") === "0") {
        discardBody(response);
        return { kind: "received", status, headers: received, body: new Uint8Array(), truncated: false, codings: [] };
      }
      const { bytes, truncated } = await readBodyStart(response, bytesMax);
      const codings = isDecoded(response.headers.get("content-encoding") ?? "") ? [] : listCodings(received);
      return { kind: "received", status, headers: received, body: bytes, truncated, codings };
    } catch (error) {
      return { kind: "unreachable", reason: describeFailure(error) };
    }
  };
}

// workerd says "internal error" for a name that does not exist and for an answer that is no HTTP alike.
function describeFailure(error: unknown): string {
  return error instanceof Error && !error.message.startsWith("internal error")
    ? error.message
    : "its host name could not be looked up, or what answered is no HTTP (the runtime does not say which)";
}
