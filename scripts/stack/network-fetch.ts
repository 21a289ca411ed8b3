import { env } from "cloudflare:workers";

interface NetworkBindings {
  /** The network, in plain HTTP. */
  readonly NETWORK: Fetcher;
}

function hasNetwork(bindings: object): bindings is NetworkBindings {
  return "NETWORK" in bindings;
}

/**
 * Stands in for `fetch` in the bundle of the local stack. The runtime's own leads through a Worker that Miniflare puts
 * before the network, into an isolate that is hardly ever collected and so keeps what calls leave there.
 *
 * @param input - The address, or the whole request.
 * @param init - What to send.
 * @returns The answer. Calls over TLS still go the runtime's way, which knows the certificates to trust.
 * @throws Error when the stack has not bound the network.
 */
export async function fetch(input: RequestInfo, init?: RequestInit): Promise<Response> {
  const url = typeof input === "string" ? input : input.url;
  if (!url.startsWith("http:")) {
    return globalThis.fetch(input, init);
  }
  if (!hasNetwork(env)) {
    throw new Error("NETWORK is not bound: see worker-options.ts");
  }
  return env.NETWORK.fetch(input, init);
}
