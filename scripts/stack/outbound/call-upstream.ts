import { request as requestHttp } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import type { OutboundOrder } from "../../../src/adapters/http/outbound-wire.ts";
import { isRedirect, listCodings } from "../../../src/adapters/http/send.ts";
import type { Received, ReceivedHeader } from "../../../src/adapters/http/send.ts";
import type { Connections, Endpoint } from "./connections.ts";
import { describeFailure, findFaultInHead } from "./describe-failure.ts";
import { AddressRefusedError, lookUpPublic } from "./public-lookup.ts";

/** Most bytes of the head of an answer; a step keeps less of it. */
const HEAD_BYTES_MAX = 262_144;

// What may be sent once more when a kept connection turns out to be closed: doing it twice is doing it once.
const REPEATABLE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE"]);

/** One use of one connection. */
interface Exchange {
  readonly order: OutboundOrder;
  readonly endpoint: Endpoint;
  readonly connections: Connections;
  readonly signal: AbortSignal;
}

/** What an exchange came to. */
type Exchanged =
  | { readonly kind: "done"; readonly received: Received }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "aborted" };

/**
 * Makes one call: connects, sends the request, reads the answer up to a limit.
 *
 * @param order - The call.
 * @param connections - Where connections come from and go to.
 * @param signal - Ends the call and its connection.
 * @returns The answer, or why there is none; null when the signal fired first. Never rejects.
 */
export async function callUpstream(
  order: OutboundOrder,
  connections: Connections,
  signal: AbortSignal,
): Promise<Received | null> {
  const endpoint = { url: new URL(order.url), lookup: order.allowPrivateAddresses ? undefined : lookUpPublic };
  const exchange = { order, endpoint, connections, signal };
  const kept = connections.reuse(endpoint);
  const first = await exchangeOver(kept ?? connections.open(endpoint), exchange);
  const isRepeated = first.kind === "failed" && kept !== null && REPEATABLE_METHODS.has(order.method);
  const last = isRepeated ? await exchangeOver(connections.open(endpoint), exchange) : first;
  switch (last.kind) {
    case "done":
      return last.received;
    case "failed":
      return describeError(last.error, endpoint.url);
    case "aborted":
      return null;
  }
}

async function exchangeOver(socket: Socket, exchange: Exchange): Promise<Exchanged> {
  const { order, signal } = exchange;
  let request: ClientRequest;
  try {
    signal.throwIfAborted();
    request = openRequest(order, socket);
  } catch (error) {
    socket.destroy();
    return signal.aborted ? { kind: "aborted" } : { kind: "failed", error };
  }
  const onAbort = (): void => void request.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  const exchanged = await new Promise<Exchanged>((resolve) => {
    listen(request, exchange, resolve);
    request.end(order.body ?? undefined);
  });
  signal.removeEventListener("abort", onAbort);
  return signal.aborted ? { kind: "aborted" } : exchanged;
}

function openRequest({ url, method, headers, body }: OutboundOrder, socket: Socket): ClientRequest {
  const options: RequestOptions = {
    method,
    headers: { ...headers, ...(body === null ? {} : { "content-length": body.byteLength }), connection: "keep-alive" },
    createConnection: () => socket,
    maxHeaderSize: HEAD_BYTES_MAX,
    // Padded chunk sizes, bare line feeds, folded headers, a length beside chunks: what is ambiguous about them matters
    // to those who use the connection next, and there a byte too many is noticed.
    insecureHTTPParser: true,
  };
  return url.startsWith("https:") ? requestHttps(url, options) : requestHttp(url, options);
}

function listen(
  request: ClientRequest,
  { order, endpoint, connections }: Exchange,
  resolve: (exchanged: Exchanged) => void,
): void {
  let response: IncomingMessage | null = null;
  request.once("response", (message: IncomingMessage) => {
    response = message;
    const { socket } = message;
    void readAnswer(message, order).then((received) => {
      resolve({ kind: "done", received });
      if (!message.complete || !request.writableFinished) {
        request.destroy();
      }
    });
    // Node says so when the answer has ended, the request too, and neither side asked for the end of the connection.
    socket.once("free", () => {
      if (announcesWhatCannotCome(order.method, message)) {
        socket.destroy();
      } else {
        connections.keep(endpoint, socket, readKeptMs(String(message.headers["keep-alive"] ?? "")));
      }
    });
  });
  request.once("upgrade", (_, socket) => {
    socket.destroy();
    const reason = "the server answered 101 and wants to speak another protocol";
    resolve({ kind: "done", received: unreachable(reason) });
  });
  request.once("close", () => response ?? resolve({ kind: "failed", error: new Error("the connection was closed") }));
  request.on("error", (error) => {
    // An error after a whole answer concerns bytes beyond it, which nobody reads.
    if (response === null) {
      resolve({ kind: "failed", error });
    } else if (!response.complete) {
      response.destroy(error);
    }
  });
}

// A body where there can be none: a server that means it sends it, as the beginning of what comes next.
function announcesWhatCannotCome(method: string, { statusCode, headers }: IncomingMessage): boolean {
  const hasNoBody = method === "HEAD" || statusCode === 204 || statusCode === 304;
  const announced = headers["transfer-encoding"] ?? headers["content-length"] ?? "0";
  return hasNoBody && announced !== "0";
}

// `Keep-Alive: timeout=5`: a second less than that, so that the request is there before the server gives up.
function readKeptMs(header: string): number | undefined {
  const seconds = /\btimeout=(\d{1,6})\b/i.exec(header)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000 - 1_000;
}

async function readAnswer(response: IncomingMessage, order: OutboundOrder): Promise<Received> {
  const status = response.statusCode ?? 0;
  const headers = pairHeaders(response.rawHeaders);
  const fault = findFaultInHead(status, headers);
  if (fault !== null) {
    response.destroy();
    return unreachable(fault);
  }
  const answer = { kind: "received", status, headers, truncated: false, codings: listCodings(headers) } as const;
  const location = headers.find(([name]) => name === "location")?.[1] ?? null;
  const bytesMax = order.followsRedirects && isRedirect(status, location) ? 0 : order.bytesMax;
  const { chunks, bytes, error } = await readChunks(response, bytesMax);
  if (error !== null) {
    const reason = describeFailure(error, new URL(order.url));
    return unreachable(`the answer broke off after ${bytes} bytes of its body: ${reason}`);
  }
  return { ...answer, body: Buffer.concat(chunks).subarray(0, order.bytesMax), truncated: bytes > order.bytesMax };
}

interface ReadChunks {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  readonly error: Error | null;
}

// Up to the first byte beyond the limit.
function readChunks(response: IncomingMessage, bytesMax: number): Promise<ReadChunks> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > bytesMax) {
        resolve({ chunks, bytes, error: null });
      }
    });
    response.once("end", () => resolve({ chunks, bytes, error: null }));
    response.once("error", (error) => resolve({ chunks, bytes, error }));
    response.once("close", () => resolve({ chunks, bytes, error: new Error("the connection was closed") }));
  });
}

// Node reads each byte of a value as one character, as HTTP has it. What is valid UTF-8 beyond ASCII was meant as that.
function pairHeaders(rawHeaders: readonly string[]): readonly ReceivedHeader[] {
  const headers: ReceivedHeader[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([(rawHeaders[index] ?? "").toLowerCase(), decodeValue(rawHeaders[index + 1] ?? "")]);
  }
  return headers;
}

function decodeValue(value: string): string {
  if (!NOT_ASCII.test(value)) {
    return value;
  }
  const text = Buffer.from(value, "latin1").toString("utf8");
  return text.includes("\uFFFD") ? value : text;
}

const NOT_ASCII = /[^\0-\x7F]/;

function describeError(error: unknown, url: URL): Received {
  return error instanceof AddressRefusedError
    ? { kind: "refused", reason: error.message }
    : unreachable(describeFailure(error, url));
}

function unreachable(reason: string): Received {
  return { kind: "unreachable", reason };
}
