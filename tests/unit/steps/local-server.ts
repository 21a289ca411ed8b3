import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach } from "vitest";
import { callUpstream } from "../../../scripts/stack/outbound/call-upstream.ts";
import { Connections } from "../../../scripts/stack/outbound/connections.ts";
import { createHttpCall } from "../../../src/adapters/http/fetch-call.ts";
import type { Send } from "../../../src/adapters/http/send.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system-clock.ts";
import type { StepPorts } from "../../../src/steps/ports.ts";

/** What a local server was sent. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A real server on a free port of this machine, closed after the test. */
export interface LocalServer {
  readonly origin: string;
  readonly received: ReceivedRequest[];
}

const servers = new Set<Server>();
const connections = new Connections();

afterEach(async () => {
  const closing = [...servers].map((server) => {
    servers.delete(server);
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  await Promise.all(closing);
});

/**
 * Starts a server.
 *
 * @param listener - How it answers, once the request's body has come.
 * @returns Where it listens and what it was sent.
 */
export async function startServer(listener: RequestListener): Promise<LocalServer> {
  const received: ReceivedRequest[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: path = "", headers } = request;
    received.push({ method, path, headers, body: await text(request) });
    listener(request, response);
  };
  const server = createServer((request, response) => void receive(request, response));
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, received };
}

/** The instant that `Retry-After` dates count from in tests. */
export const NOW = new Date("2026-03-01T12:00:00.000Z");

// The outbound client without the hop to it.
function sendInProcess(allowPrivateAddresses: boolean): Send {
  return async (call, signal) => {
    const received = await callUpstream({ ...call, allowPrivateAddresses }, connections, signal);
    if (received === null) throw new DOMException("aborted", "AbortError");
    return received;
  };
}

/**
 * Makes ports that reach real servers.
 *
 * @param allowPrivateAddresses - Whether local servers may be called.
 * @returns The ports, and the exceptions they were told of.
 */
export function createPorts(allowPrivateAddresses = true): StepPorts & { readonly unexpected: unknown[] } {
  const unexpected: unknown[] = [];
  return {
    callHttp: createHttpCall({ send: sendInProcess(allowPrivateAddresses), allowPrivateAddresses }),
    now: () => NOW,
    after: SYSTEM_CLOCK.after,
    makeSignalUrl: ({ runId, stepKey }) => ({ ok: true, url: `https://baton.test/signals/${runId}-of-${stepKey}` }),
    reportUnexpected: (error) => void unexpected.push(error),
    unexpected,
  };
}
