import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { decodeOrder, encodeReceived } from "../../../src/adapters/http/outbound-wire.ts";
import { closeServer, listen, readBytes } from "../http-server.ts";
import { callUpstream } from "./call-upstream.ts";
import { CONNECTION_LIMITS, Connections } from "./connections.ts";

/** A request body and its head: a mebibyte and what the limits on headers and URL leave. */
const ORDER_BYTES_MAX = 2 * 1024 * 1024;

/** The outbound client, ready to be called. */
export interface OutboundServer {
  /** Its address with its secret: what the Worker needs as `OUTBOUND_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Gives the Worker's `OUTBOUND_URL`: the one that is set, or that of an outbound client started in this process.
 *
 * @param given - The variable as set for this Worker; undefined: as the environment says. An empty one leaves the calls
 *   to the runtime.
 * @returns The value, which may be empty.
 */
export async function provideOutboundUrl(given: string | undefined): Promise<string> {
  const set = given ?? process.env["OUTBOUND_URL"];
  return set ?? (await startOutboundServer({ reusesConnections: process.env["OUTBOUND_REUSE"] !== "0" })).url;
}

/**
 * Starts the outbound client: it makes the calls of steps in place of the runtime, whose connections let what a faulty
 * server sends reach the calls of others.
 *
 * @param options - `reusesConnections`: whether a connection that has proved silent serves another call; else each call
 *   has one of its own.
 * @returns The client, on a free port of loopback. Only who knows the secret in its address is served: it calls whatever
 *   it is told to.
 */
export async function startOutboundServer(options: { readonly reusesConnections: boolean }): Promise<OutboundServer> {
  const secret = `/${randomBytes(24).toString("base64url")}`;
  const connections = new Connections(
    options.reusesConnections ? CONNECTION_LIMITS : { ...CONNECTION_LIMITS, totalMax: 0 },
  );
  const server = createServer((request, response) => {
    if (request.method !== "POST" || request.url !== secret) {
      response.writeHead(404).end();
      return;
    }
    serve(request, response, connections).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}${secret}`,
    close: () => {
      connections.close();
      return closeServer(server);
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, connections: Connections): Promise<void> {
  const order = await readBytes(request, ORDER_BYTES_MAX);
  if (order === null) {
    response.writeHead(413).end();
    return;
  }
  // A Worker that gives a call up closes its connection to here, and so ends the call.
  const controller = new AbortController();
  const onClose = (): void => controller.abort();
  response.once("close", onClose);
  const received = await callUpstream(decodeOrder(order), connections, controller.signal);
  if (received === null) {
    return;
  }
  response.off("close", onClose);
  const bytes = encodeReceived(received);
  response.writeHead(200, { "content-length": bytes.byteLength }).end(bytes);
}
