/** What an address says about a key. */
export type KeyLink =
  | { readonly kind: "none" }
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "malformed" };

/** What a request can carry after `Bearer`; the API refuses anything else unread. */
const API_KEY = /^[\x21-\x7e]{1,512}$/;

/**
 * Tells whether a text can be an API key at all.
 *
 * @param text - The text.
 * @returns False for what no request could carry.
 */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/**
 * Reads the key out of an address such as `npm start` prints.
 *
 * @param hash - The address after the page's own, with its `#`.
 * @returns The key; `malformed` for an address that begins like such a link and carries no key.
 */
export function parseKeyLink(hash: string): KeyLink {
  const written = /^#key=(?<key>.*)$/s.exec(hash)?.groups?.["key"];
  if (written === undefined) return { kind: "none" };
  try {
    const key = decodeURIComponent(written);
    return isApiKey(key) ? { kind: "key", key } : { kind: "malformed" };
  } catch {
    // A `%` that begins no escape: the link was cut or mistyped, and half a key is none.
    return { kind: "malformed" };
  }
}
