import type { AddressPolicy } from "./address-guard.ts";
import type { Fetch } from "./direct-send.ts";
import { decodeReceived, encodeOrder } from "./outbound-wire.ts";
import type { Send } from "./send.ts";

/**
 * Makes the way over an outbound client, a process beside the runtime that makes the calls in its place.
 *
 * @param outboundUrl - Its address, with its secret.
 * @param policy - Which addresses it may connect to.
 * @param fetch - The way to it.
 * @returns The way.
 */
export function createOutboundSend(outboundUrl: string, policy: AddressPolicy, fetch: Fetch): Send {
  return async (call, signal) => {
    const body = encodeOrder({ ...call, allowPrivateAddresses: policy.allowPrivateAddresses });
    try {
      const response = await fetch(outboundUrl, { method: "POST", body, signal });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return response.status === 200
        ? decodeReceived(bytes)
        : { kind: "unreachable", reason: `Baton's outbound client refused the call with ${response.status}` };
    } catch {
      return { kind: "unreachable", reason: "Baton's outbound client was lost: does it run at OUTBOUND_URL?" };
    }
  };
}
