import type { RunId, StepKey } from "../domain/ids.ts";
import type { SignalUrl } from "../language/expression/evaluate.ts";

/** The methods that an `http` step may use. */
export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";

/** One call, ready to be sent. */
export interface HttpRequest {
  readonly method: HttpMethod;
  /** Absolute URL. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** How many redirects are followed; null means that a redirect is itself the answer. */
  readonly redirectsMax: number | null;
  /** How many bytes of the response's body are read. */
  readonly responseBytesMax: number;
}

/** What came of a call. */
export type HttpAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** By lower-case name, in the order of the names. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      /** Whether the body went on after `responseBytesMax` bytes. */
      readonly truncated: boolean;
      /** The coding that keeps the body from being read, which then is empty: nobody knows it, or the bytes break it. */
      readonly unread: { readonly coding: string; readonly isKnown: boolean } | null;
    }
  /** Not sent, or not followed, because a rule forbids it: another try cannot help. */
  | { readonly kind: "refused"; readonly code: "address_refused" | "redirect_refused"; readonly message: string }
  /** No whole answer came: no connection, or it broke. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The signal fired first. */
  | { readonly kind: "aborted" };

/**
 * Sends one call and reads its answer. An implementation heeds the signal from connect to the last byte, refuses
 * addresses that the deployment forbids (after redirects too), reads no more than it is told, and answers with a
 * value for all that the network can do; it throws only for its own mistakes.
 */
export type HttpCall = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** Calls back once after a time. Gives what takes the call back. */
export type After = (delayMs: number, callback: () => void) => () => void;

/** What executing a step needs from outside. */
export interface StepPorts {
  readonly callHttp: HttpCall;
  readonly now: () => Date;
  readonly after: After;
  /** Makes the address by which who holds it sends signals to a run, good from an instant on. */
  readonly makeSignalUrl: (made: { readonly runId: RunId; readonly stepKey: StepKey; readonly now: Date }) => SignalUrl;
  /** Told of each exception that no step should throw, so that it can be logged; the outcome shows only its name. */
  readonly reportUnexpected: (error: unknown) => void;
}
