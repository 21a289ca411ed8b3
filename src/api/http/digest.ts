import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Gives the SHA-256 of text. Synchronous: the web's own digest costs a turn of the event loop, which a start feels.
 *
 * @param text - Any text.
 * @returns 32 bytes.
 */
export function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/**
 * Gives the SHA-256 of text in hex.
 *
 * @param text - Any text.
 * @returns 64 hex digits.
 */
export function hexDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Compares two digests in a time that does not tell where they differ.
 *
 * @param left - A digest.
 * @param right - Another of the same length.
 * @returns Whether they are equal.
 */
export function areEqualDigests(left: Uint8Array, right: Uint8Array): boolean {
  return timingSafeEqual(left, right);
}
