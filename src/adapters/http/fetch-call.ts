import type { HttpAnswer, HttpCall, HttpRequest } from "../../steps/ports.ts";
import { findRefusal } from "./address-guard.ts";
import type { AddressPolicy } from "./address-guard.ts";
import { ACCEPT_ENCODING, removeCodings } from "./content-coding.ts";
import { findRedirect } from "./redirect.ts";
import type { Hop, Redirect } from "./redirect.ts";
import type { Received, ReceivedHeader, Send } from "./send.ts";

/** What calls need. */
export interface HttpCallOptions extends AddressPolicy {
  readonly send: Send;
}

type ReceivedAnswer = Extract<Received, { kind: "received" }>;

/** What a coding may add to a body that cannot be made smaller. */
const CODING_BYTES_MAX = 16_384;

const TOO_LARGE = { kind: "too_large" } as const;

/**
 * Makes the way from steps to the network: guards every hop, follows redirects itself, reads bodies up to a limit and
 * undoes their codings.
 *
 * @param options - The way to send one request, and the addresses it may reach.
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
      const result = await exchange(hop, request, signal, options.send);
      switch (result.kind) {
        case "hop":
          hop = result.hop;
          break;
        case "address_refused":
          return refuseAddress(result.reason, redirects > 0);
        case "answered":
        case "refused":
        case "unreachable":
        case "aborted":
          return result;
      }
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
  send: Send,
): Promise<
  HttpAnswer | Extract<Redirect, { kind: "hop" }> | { readonly kind: "address_refused"; readonly reason: string }
> {
  const call = {
    method: hop.method,
    url: hop.url.href,
    headers: { "accept-encoding": ACCEPT_ENCODING, ...hop.headers },
    body: hop.body,
    bytesMax: request.responseBytesMax + CODING_BYTES_MAX,
    followsRedirects: request.redirectsMax !== null,
  };
  const received = await send(call, signal).catch((error: unknown) => {
    if (signal.aborted) {
      return null;
    }
    throw error;
  });
  if (signal.aborted || received === null) {
    return { kind: "aborted" };
  }
  switch (received.kind) {
    case "unreachable":
      return received;
    case "refused":
      return { kind: "address_refused", reason: received.reason };
    case "received":
      return followOrRead(hop, request, received);
  }
}

function followOrRead(
  hop: Hop,
  request: HttpRequest,
  received: ReceivedAnswer,
): HttpAnswer | Extract<Redirect, { kind: "hop" }> {
  const headers = joinHeaders(received.headers);
  const location = request.redirectsMax === null ? null : (headers["location"] ?? null);
  const redirect = findRedirect(hop, received.status, location);
  if (redirect === null) {
    return readAnswer(received, headers, request.responseBytesMax);
  }
  return redirect.kind === "hop"
    ? redirect
    : refuseRedirect(`the redirect at ${describe(hop.url)} is not followed: ${redirect.reason}`);
}

function readAnswer(
  { status, body, truncated, codings }: ReceivedAnswer,
  headers: Readonly<Record<string, string>>,
  bytesMax: number,
): HttpAnswer {
  const answer = { kind: "answered", status, headers, body: new Uint8Array(), truncated: false, unread: null } as const;
  const plain = truncated ? TOO_LARGE : removeCodings(body, codings, bytesMax);
  switch (plain.kind) {
    case "plain":
      return { ...answer, body: plain.bytes };
    case "too_large":
      // The start of a coded body says nothing.
      return { ...answer, body: codings.length === 0 ? body.subarray(0, bytesMax) : answer.body, truncated: true };
    case "unknown":
    case "broken":
      return { ...answer, unread: { coding: plain.coding, isKnown: plain.kind === "broken" } };
  }
}

// Names come in lower case. What came more than once is one list, but for cookies, whose values hold commas: the last.
function joinHeaders(headers: readonly ReceivedHeader[]): Readonly<Record<string, string>> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = name === "set-cookie" ? undefined : joined.get(name);
    joined.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(joined);
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
