import { createHash, createHmac } from "node:crypto";
import { FormatFault } from "./format-fault.ts";

const ALGORITHMS = ["sha1", "sha256", "sha384", "sha512"];
const ENCODINGS = ["hex", "base64", "base64url"] as const;

/**
 * Gives the SHA-256 of a text's UTF-8 bytes.
 *
 * @param text - The text.
 * @param encoding - `hex`, `base64` or `base64url`.
 * @returns The digest.
 * @throws FormatFault `D3208` for another encoding.
 */
export function sha256(text: string, encoding: string): string {
  return createHash("sha256").update(text, "utf8").digest(readEncoding(encoding));
}

/**
 * Signs a text, as webhooks and APIs with signed requests ask for.
 *
 * @param text - What is signed, as UTF-8.
 * @param key - The key, as UTF-8.
 * @param algorithm - `sha1`, `sha256`, `sha384` or `sha512`.
 * @param encoding - `hex`, `base64` or `base64url`.
 * @returns The signature.
 * @throws FormatFault `D3208` for another algorithm or encoding.
 */
export function hmac(text: string, key: string, algorithm: string, encoding: string): string {
  if (!ALGORITHMS.includes(algorithm)) {
    throw new FormatFault("D3208", `the algorithm must be one of ${ALGORITHMS.join(", ")}`);
  }
  return createHmac(algorithm, key).update(text, "utf8").digest(readEncoding(encoding));
}

function readEncoding(text: string): (typeof ENCODINGS)[number] {
  const encoding = ENCODINGS.find((name) => name === text);
  if (encoding === undefined) {
    throw new FormatFault("D3208", `the encoding must be one of ${ENCODINGS.join(", ")}`);
  }
  return encoding;
}
