import { FormatFault } from "./format-fault.ts";

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Characters in one call of `String.fromCharCode`, which takes its arguments on the stack. */
const CHUNK_LENGTH = 8192;

/**
 * Writes text as base64 of its UTF-8 bytes.
 *
 * @param text - Any text; a lone surrogate becomes U+FFFD.
 * @returns Base64 with padding.
 */
export function encodeBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let from = 0; from < bytes.length; from += CHUNK_LENGTH) {
    binary += String.fromCodePoint(...bytes.subarray(from, from + CHUNK_LENGTH));
  }
  return btoa(binary);
}

/**
 * Reads the text in base64.
 *
 * @param base64 - Of the ordinary or the URL-safe alphabet, with or without padding; white space is passed over.
 * @returns The text.
 * @throws FormatFault `D3207` when it is no base64, or its bytes are no UTF-8.
 */
export function decodeBase64(base64: string): string {
  const bare = base64.replaceAll(/\s+/g, "");
  const digits = bare.replace(/=+$/, "");
  if (!BASE64.test(bare) || digits.length % 4 === 1) {
    throw new FormatFault("D3207", "the text is no base64");
  }
  const binary = atob(digits.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatFault("D3207", "the base64 holds bytes that are no UTF-8 text: binary data cannot be a text");
  }
}
