import type { HttpMethod } from "../../steps/ports.ts";

/** One request on its way to a server. */
export interface SentCall {
  readonly method: HttpMethod;
  /** Absolute URL. */
  readonly url: string;
  /** By lower-case name; values are Latin-1. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** How many bytes of the answer's body are read, as they came over the line. */
  readonly bytesMax: number;
  /** Whether redirects are followed: then the body of one need not be read. */
  readonly followsRedirects: boolean;
}

/** A header as received; the name in lower case, one entry for each time it came. */
export type ReceivedHeader = readonly [name: string, value: string];

/** What came back. */
export type Received =
  | {
      readonly kind: "received";
      readonly status: number;
      readonly headers: readonly ReceivedHeader[];
      readonly body: Uint8Array;
      /** Whether the body went on after `bytesMax` bytes. */
      readonly truncated: boolean;
      /** The codings that the body still has, in the order in which they were applied. */
      readonly codings: readonly string[];
    }
  /** Not sent: the name stands for an address that must not be called. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No whole answer came; the reason is for people. */
  | { readonly kind: "unreachable"; readonly reason: string };

/**
 * Sends one request and reads its answer, following nothing. Sends it once: whether a lost answer is worth another call
 * is for the retry policy to say. Resolves to a value for all that a network and a server can do; once the signal has
 * fired it may also reject.
 */
export type Send = (call: SentCall, signal: AbortSignal) => Promise<Received>;

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/**
 * Tells whether an answer asks for another request.
 *
 * @param status - Its status.
 * @param location - Its `location` header, or null when it has none.
 * @returns Whether both say so.
 */
export function isRedirect(status: number, location: string | null): location is string {
  return REDIRECT_STATUSES.has(status) && location !== null;
}

/**
 * Lists the codings of a body, of the content and of the transfer alike: some servers compress in the one and some in
 * the other.
 *
 * @param headers - The answer's headers.
 * @returns Names in lower case, in the order in which they were applied; empty for a plain body.
 */
export function listCodings(headers: readonly ReceivedHeader[]): readonly string[] {
  return ["content-encoding", "transfer-encoding"]
    .flatMap((wanted) => headers.filter(([name]) => name === wanted))
    .flatMap(([, value]) => value.split(","))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => !PLAIN.has(coding));
}

// The runtime takes chunks apart; the others say that nothing was done.
const PLAIN = new Set(["", "identity", "chunked"]);
