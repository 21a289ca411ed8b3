import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";

/** What calls say that they can read, unless the step says something else. */
export const ACCEPT_ENCODING = "gzip, deflate, br, zstd";

/** A body without its codings, or why it keeps them. */
export type PlainBody =
  | { readonly kind: "plain"; readonly bytes: Uint8Array }
  /** It is larger than allowed. */
  | { readonly kind: "too_large" }
  /** Nobody here knows the coding. */
  | { readonly kind: "unknown"; readonly coding: string }
  /** The coding is known, but the bytes do not have it, or break off. */
  | { readonly kind: "broken"; readonly coding: string };

type Decode = (bytes: Uint8Array, limits: { readonly maxOutputLength: number }) => Uint8Array;

/** More codings on top of each other than any server means. */
const CODINGS_MAX = 4;

// Eight MiB, the most that a zstd body may ask of its reader (RFC 9659); the library would take up to 128.
const ZSTD_WINDOW_LOG_MAX = 23;

const DECODERS = new Map<string, Decode>([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", decodeDeflate],
  ["br", brotliDecompressSync],
  ["zstd", decodeZstd],
]);

/**
 * Undoes the codings of a body. An empty body is empty whatever coding its headers name.
 *
 * @param bytes - The whole body as received.
 * @param codings - Names in lower case, in the order in which they were applied.
 * @param bytesMax - The most bytes that any layer may have; a bomb ends there.
 * @returns The body, or what is in the way.
 */
export function removeCodings(bytes: Uint8Array, codings: readonly string[], bytesMax: number): PlainBody {
  if (bytes.byteLength === 0) {
    return { kind: "plain", bytes };
  }
  const unknown = codings.find((coding) => !DECODERS.has(coding));
  if (unknown !== undefined || codings.length > CODINGS_MAX) {
    return { kind: "unknown", coding: unknown ?? codings.join(", ") };
  }
  let plain = bytes;
  for (const coding of codings.toReversed()) {
    const layer = removeCoding(plain, coding, bytesMax);
    if (layer.kind !== "plain") {
      return layer;
    }
    plain = layer.bytes;
  }
  return plain.byteLength > bytesMax ? { kind: "too_large" } : { kind: "plain", bytes: plain };
}

function removeCoding(bytes: Uint8Array, coding: string, bytesMax: number): PlainBody {
  try {
    const decoded = DECODERS.get(coding)?.(bytes, { maxOutputLength: bytesMax });
    return decoded === undefined ? { kind: "unknown", coding } : { kind: "plain", bytes: decoded };
  } catch (error) {
    return isOverLimit(error) ? { kind: "too_large" } : { kind: "broken", coding };
  }
}

// "deflate" names the zlib format, but half of the servers that use it leave the wrapper out.
function decodeDeflate(bytes: Uint8Array, limits: { readonly maxOutputLength: number }): Uint8Array {
  const [first = 0, second = 0] = bytes;
  const hasWrapper = first % 16 === 8 && (first * 256 + second) % 31 === 0;
  return hasWrapper ? inflateSync(bytes, limits) : inflateRawSync(bytes, limits);
}

function decodeZstd(bytes: Uint8Array, limits: { readonly maxOutputLength: number }): Uint8Array {
  return zstdDecompressSync(bytes, { ...limits, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX } });
}

// Node gives the error a code, workerd only this text.
function isOverLimit(error: unknown): boolean {
  const hasCode = error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
  return hasCode || (error instanceof Error && error.message === "Memory limit exceeded");
}
