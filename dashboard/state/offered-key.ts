import { signal } from "@preact/signals";
import { getIdentity } from "../api-client.ts";
import type { Identity } from "../model/api-types.ts";
import { parseKeyLink } from "../model/key-link.ts";
import { apiKey, keepApiKey } from "./api-key.ts";
import { notify } from "./notices.ts";

/** A key that a link carried while another one works. Whose it is; null when the API did not say. */
interface OfferedKey {
  readonly key: string;
  readonly identity: Identity | null;
}

/** The key that waits for the person's answer; null when there is no question. */
export const offeredKey = signal<OfferedKey | null>(null);

/**
 * Takes the key out of an address. Without a key it is used at once; a key that works is never replaced unasked, since
 * anybody can send a link.
 *
 * @param hash - The address after the page's own, with its `#`.
 * @returns Whether the address was of this kind; it must then be replaced, so that nobody reads the key over a shoulder.
 */
export function takeKeyLink(hash: string): boolean {
  const link = parseKeyLink(hash);
  switch (link.kind) {
    case "none":
      return false;
    case "malformed":
      notify("error", "The link carries no usable API key; it may have been cut. It was ignored.");
      return true;
    case "key":
      takeKey(link.key);
      return true;
  }
}

/**
 * Ends the question about a key.
 *
 * @param answer - Whether the key of the link is used from now on.
 */
export function answerOffer(answer: "use" | "ignore"): void {
  const offered = offeredKey.value;
  offeredKey.value = null;
  if (offered !== null && answer === "use") keepApiKey(offered.key, true);
}

function takeKey(key: string): void {
  const current = apiKey.value;
  if (current === null) keepApiKey(key, true);
  else if (current !== key) void offerKey(key, current);
}

async function offerKey(key: string, current: string): Promise<void> {
  const [, theirs] = await Promise.all([getIdentity({ key: current }), getIdentity({ key })]);
  if (apiKey.value !== current) {
    // The API has just refused it, or the person or another tab has replaced it: the question is another one now.
    takeKey(key);
    return;
  }
  const isRefused = !theirs.ok && theirs.problem.status === 401;
  if (isRefused) notify("error", "The API refuses the key of the link. Yours stays in use.");
  else offeredKey.value = { key, identity: theirs.ok ? theirs.value : null };
}
