import { lookup } from "node:dns";
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "../../../src/adapters/http/ip-address.ts";

/** A name stands for addresses that must not be called. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
}

/**
 * Looks a name up for a connection that may only go to public addresses. The address it gives is the one that is
 * connected to, so that a name cannot stand for another one by then (DNS rebinding). It fails with an
 * `AddressRefusedError` when the name stands for no public address.
 */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first, ...others] = error === null ? addresses.filter(isPublic) : [];
    if (first !== undefined) {
      callback(null, options.all === true ? [first, ...others] : first.address, first.family);
      return;
    }
    const refusal = `${hostname} stands for a private, local or reserved address, which this deployment does not let steps call: use a public address`;
    callback(error ?? new AddressRefusedError(refusal), "");
  });
};

function isPublic({ address, family }: LookupAddress): boolean {
  return isPublicAddress(family === 6 ? `[${address}]` : address) ?? false;
}
