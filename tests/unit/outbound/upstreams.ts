import { afterEach } from "vitest";
import { callUpstream } from "../../../scripts/stack/outbound/call-upstream.ts";
import { Connections } from "../../../scripts/stack/outbound/connections.ts";
import type { OutboundOrder } from "../../../src/adapters/http/outbound-wire.ts";
import type { Received } from "../../../src/adapters/http/send.ts";
import { RawUpstream } from "../../stack/raw-upstream.ts";
import type { RawAnswer } from "../../stack/raw-upstream.ts";

const closings: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) {
    await close();
  }
});

/**
 * Starts a raw server that is closed after the test.
 *
 * @param answer - What it says to each request; a text is sent as it is.
 * @returns The server.
 */
export async function startUpstream(answer: RawAnswer | string): Promise<RawUpstream> {
  const upstream = await RawUpstream.start(typeof answer === "string" ? async (_, line) => line.send(answer) : answer);
  closings.push(() => upstream.close());
  return upstream;
}

/** How a client of a test calls. */
export type CallOnce = (path: string, more?: Partial<OutboundOrder>, signal?: AbortSignal) => Promise<Received | null>;

/**
 * Makes an outbound client with connections of its own, closed after the test.
 *
 * @param upstream - Whom it calls.
 * @param quietMs - How long a connection must be silent before it is used again.
 * @returns Its calls, GET unless they say otherwise, and its connections.
 */
export function createClient(
  upstream: RawUpstream,
  quietMs = 5,
): { readonly call: CallOnce; readonly connections: Connections } {
  const connections = new Connections({ quietMs, idleMsMax: 2_000, perOriginMax: 4, totalMax: 8 });
  closings.push(() => connections.close());
  return {
    connections,
    call: (path, more = {}, signal = new AbortController().signal) =>
      callUpstream(
        {
          method: "GET",
          url: `${upstream.url}${path}`,
          headers: {},
          body: null,
          bytesMax: 1_000_000,
          followsRedirects: true,
          allowPrivateAddresses: true,
          ...more,
        },
        connections,
        signal,
      ),
  };
}

/**
 * Reads the body of an answer as text.
 *
 * @param received - What a call came to.
 * @returns Status and body; or the reason why there is no answer.
 */
export function readText(received: Received | null): string {
  if (received === null) return "aborted";
  return received.kind === "received"
    ? `${received.status} ${Buffer.from(received.body).toString("latin1")}`
    : received.reason;
}
