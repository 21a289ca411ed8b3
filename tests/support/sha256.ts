import { hash } from "node:crypto";

/**
 * Gives SHA-256 in hex.
 *
 * @param text - Any text.
 * @returns 64 hex digits.
 */
export function sha256(text: string): string {
  return hash("sha256", text);
}
