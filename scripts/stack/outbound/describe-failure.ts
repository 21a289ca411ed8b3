import type { ReceivedHeader } from "../../../src/adapters/http/send.ts";

const STATUS_MIN = 200;
const STATUS_MAX = 999;

/** Most bytes of an answer that is no HTTP which a message shows. */
const SHOWN_BYTES_MAX = 40;

// What the codes of a connection that was not made or was lost mean to the author of a recipe.
const REASONS: ReadonlyMap<string, (host: string) => string> = new Map([
  ["ENOTFOUND", (host: string) => `there is no host named ${host}`],
  ["EAI_AGAIN", (host: string) => `the name ${host} cannot be looked up for now: the DNS server does not answer`],
  ["ECONNREFUSED", (host: string) => `nobody listens at ${host} (ECONNREFUSED)`],
  ["ETIMEDOUT", (host: string) => `${host} does not answer on this port (ETIMEDOUT)`],
  ["EHOSTUNREACH", (host: string) => `no way leads to ${host} (EHOSTUNREACH)`],
  ["ENETUNREACH", (host: string) => `no way leads to ${host} (ENETUNREACH)`],
  ["ECONNRESET", () => "the server closed the connection before its answer was whole (ECONNRESET)"],
  ["EPIPE", () => "the server closed the connection before it had read the request (EPIPE)"],
  ["HPE_HEADER_OVERFLOW", () => "the headers of the answer are larger than 256 KiB"],
  ["HPE_INVALID_EOF_STATE", () => "the server closed the connection before its answer was whole"],
]);

/**
 * Says for people why there is no whole answer.
 *
 * @param error - What Node's client came to.
 * @param url - The address that was called.
 * @returns The reason, which quotes nothing of the request.
 */
export function describeFailure(error: unknown, url: URL): string {
  if (!(error instanceof Error)) {
    return "the connection failed";
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const known = REASONS.get(code);
  if (known !== undefined) {
    return known(url.port === "" ? url.hostname : url.host);
  }
  if (isParseError(error)) {
    return describeParseError(error);
  }
  const message = error.message === "" ? code : error.message;
  return isAboutTls(code) ? describeTlsError(message) : message;
}

/**
 * Finds what makes a head no answer although it could be parsed.
 *
 * @param status - Its status.
 * @param headers - Its headers.
 * @returns The fault for people, or null.
 */
export function findFaultInHead(status: number, headers: readonly ReceivedHeader[]): string | null {
  if (status < STATUS_MIN || status > STATUS_MAX) {
    return `the answer is no valid HTTP: ${status} is no status of an answer`;
  }
  // A space after `content-length` hides the header from every parser, and with it where the body ends.
  const spoiled = headers.find(([name]) => name.trim() !== name);
  return spoiled === undefined
    ? null
    : `the answer is no valid HTTP: there is a space in the header name "${spoiled[0]}"`;
}

function describeParseError({ reason, rawPacket: packet, bytesParsed }: ParseError): string {
  if (bytesParsed >= PROTOCOL_BYTES) {
    return `the answer is no valid HTTP: ${reason}`;
  }
  const [type, major] = packet;
  if ((type === TLS_ALERT || type === TLS_HANDSHAKE) && major === 3) {
    return "the port speaks TLS: call it with https://";
  }
  return `what answers is no HTTP server: it began with ${quote(packet)}`;
}

interface ParseError extends Error {
  /** What the parser missed. */
  readonly reason: string;
  /** The bytes it was given. */
  readonly rawPacket: Uint8Array;
  /** How far it came in them. */
  readonly bytesParsed: number;
}

function isParseError(error: Error): error is ParseError {
  return "reason" in error && "rawPacket" in error && "bytesParsed" in error;
}

/** `HTTP/` */
const PROTOCOL_BYTES = 5;

const TLS_ALERT = 21;
const TLS_HANDSHAKE = 22;

function quote(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, SHOWN_BYTES_MAX)).toString("latin1");
  return JSON.stringify(text.replaceAll(/[^\x20-\x7E]/g, "."));
}

// OpenSSL puts its reason between names of its own functions and files.
function describeTlsError(message: string): string {
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
  return NOT_TLS.test(reason)
    ? "the port does not speak TLS: is it one for http://?"
    : `the TLS connection is not made: ${reason}`;
}

const NOT_TLS = /wrong version number|packet length too long|http request/;

function isAboutTls(code: string): boolean {
  return /^ERR_(?:SSL|TLS)_|CERT|^EPROTO$|SIGNATURE$/.test(code);
}
