import type { HttpAnswer, HttpCall, HttpRequest } from "../../steps/ports.ts";
import { findRefusal } from "./address-guard.ts";
import type { AddressPolicy } from "./address-guard.ts";
import { discardBody, readBodyStart } from "./read-body.ts";
import { findRedirect } from "./redirect.ts";
import type { Hop, Redirect } from "./redirect.ts";

/** The part of `fetch` that calls are made with. Pass `(url, init) => fetch(url, init)`: a bare `fetch` loses its `this`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What calls need. */
export interface HttpCallOptions extends AddressPolicy {
  readonly fetch: Fetch;
}

/**
 * Makes the way from steps to the network: guards every hop, follows redirects itself, reads bodies up to a limit.
 *
 * @param options - The `fetch` to use and the addresses it may reach.
 * @returns The port.
 */
export function createHttpCall(options: HttpCallOptions): HttpCall {
  return async (request, signal) => {
    let hop: Hop = { method: request.method, url: new URL(request.url), headers: request.headers, body: request.body };
    const redirectsMax = request.redirectsMax ?? 0;
    for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
      const refusal = findRefusal(hop.url, options);
      if (refusal !== null) {
        return refuseAddress(refusal, redirects > 0);
      }
      const result = await exchange(hop, request, signal, options.fetch);
      if (result.kind !== "hop") {
        return result;
      }
      hop = result.hop;
    }
    return refuseRedirect(
      `more than ${redirectsMax} redirects, the last to ${describe(hop.url)}: call the final address`,
    );
  };
}

// Sends one request: its answer, or the request that a redirect asks for instead.
async function exchange(
  hop: Hop,
  request: HttpRequest,
  signal: AbortSignal,
  fetch: Fetch,
): Promise<HttpAnswer | Extract<Redirect, { kind: "hop" }>> {
  const { method, headers, body } = hop;
  try {
    const response = await fetch(hop.url.href, { method, headers, body, signal, redirect: "manual" });
    const location = request.redirectsMax === null ? null : response.headers.get("location");
    const redirect = findRedirect(hop, response.status, location);
    if (redirect === null) {
      return await readAnswer(response, request.responseBytesMax);
    }
    discardBody(response);
    return redirect.kind === "hop"
      ? redirect
      : refuseRedirect(`the redirect at ${describe(hop.url)} is not followed: ${redirect.reason}`);
  } catch (error) {
    return signal.aborted ? { kind: "aborted" } : { kind: "unreachable", reason: describeFailure(error) };
  }
}

async function readAnswer(response: Response, bytesMax: number): Promise<HttpAnswer> {
  const { bytes, truncated } = await readBodyStart(response, bytesMax);
  const headers = Object.fromEntries(response.headers.entries());
  return { kind: "answered", status: response.status, headers, body: bytes, truncated };
}

function refuseAddress(refusal: string, isRedirected: boolean): HttpAnswer {
  const message = isRedirected ? `the call was redirected to where it must not go: ${refusal}` : refusal;
  return { kind: "refused", code: "address_refused", message };
}

function refuseRedirect(message: string): HttpAnswer {
  return { kind: "refused", code: "redirect_refused", message };
}

// Without the query, which often carries keys.
function describe({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

// Node says "fetch failed" and puts the reason into the cause; workerd hides a failed name lookup in "internal error".
function describeFailure(error: unknown): string {
  if (!(error instanceof Error) || error.message.startsWith("internal error")) {
    return "no connection could be made (does its host name exist?)";
  }
  const { cause } = error;
  if (!(cause instanceof Error)) {
    return error.message;
  }
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
