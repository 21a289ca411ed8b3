import type { ContentType } from "./content-type.ts";

/** Bytes as text; or why they are none. */
export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      /** Ends a sentence that begins with what was read. */
      readonly reason: string;
    };

const UTF_8 = "utf-8";

/** How far into a document its own word on its charset is looked for: what browsers look at. */
const SCANNED_BYTES_MAX = 1024;

const XML_DECLARATION = /^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:+-]+)["']/;
const HTML_META = /<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:+-]+)/i;

/**
 * Decodes bytes and keeps each of them: what cannot be decoded is an error.
 *
 * @param bytes - The body of a response.
 * @param content - What its `content-type` says.
 * @returns The text without a byte order mark. Its charset is that of the byte order mark, else the header's, else the
 *   one that an XML declaration or a `meta` of HTML names, else UTF-8; or why there is no text.
 */
export function decodeWhole(bytes: Uint8Array, content: ContentType): DecodedText {
  const named = findCharset(bytes, content);
  const decoder = createDecoder(named ?? UTF_8);
  if (decoder === null) {
    return { ok: false, reason: `is in the charset \`${(named ?? UTF_8).slice(0, 60)}\`, which is not known here` };
  }
  const text = tryDecode(decoder, bytes);
  if (text !== null) {
    return { ok: true, text };
  }
  const reason =
    named === null
      ? "names no charset, and its bytes are no UTF-8"
      : `says that its charset is \`${named.slice(0, 60)}\`, but has bytes that are not`;
  return { ok: false, reason };
}

/**
 * Decodes bytes whatever they are.
 *
 * @param bytes - The body of a response, or a part of it.
 * @param content - What its `content-type` says.
 * @returns The text as `decodeWhole` finds its charset, as UTF-8 when that is not known, with U+FFFD for each thing that
 *   cannot be decoded.
 */
export function decodeLeniently(bytes: Uint8Array, content: ContentType): string {
  const named = findCharset(bytes, content) ?? UTF_8;
  const label = createDecoder(named) === null ? UTF_8 : named;
  return new TextDecoder(label).decode(bytes);
}

/**
 * Lists what JSON may be read as. JSON is UTF-8 by its standard, and what a header says beside has no meaning there; so
 * the header counts only for what is no JSON in UTF-8.
 *
 * @param bytes - The body of a response.
 * @param content - What its `content-type` says.
 * @returns The texts that the bytes are, the likeliest first; none when they cannot be decoded.
 */
export function decodeJsonText(bytes: Uint8Array, { charset }: ContentType): readonly string[] {
  const marked = readByteOrderMark(bytes);
  const labels = marked === null ? [UTF_8, ...(charset === null ? [] : [charset])] : [marked];
  return labels.flatMap((label) => {
    const decoder = createDecoder(label);
    const text = decoder === null ? null : tryDecode(decoder, bytes);
    return text === null ? [] : [text];
  });
}

function findCharset(bytes: Uint8Array, { type, charset }: ContentType): string | null {
  return readByteOrderMark(bytes) ?? charset ?? readDeclaration(bytes, type);
}

function readByteOrderMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return UTF_8;
  }
  if (first === 0xfe && second === 0xff) {
    return "utf-16be";
  }
  return first === 0xff && second === 0xfe ? "utf-16le" : null;
}

function readDeclaration(bytes: Uint8Array, type: string): string | null {
  const isHtml = type === "text/html" || type === "application/xhtml+xml";
  if (!isHtml && !/[/+]xml$/.test(type)) {
    return null;
  }
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, SCANNED_BYTES_MAX));
  const [, declared] = XML_DECLARATION.exec(start) ?? (isHtml ? HTML_META.exec(start) : null) ?? [];
  // A declaration that can be read as ASCII is not written in UTF-16, whatever it says.
  return declared === undefined ? null : /^utf-?16/i.test(declared) ? UTF_8 : declared;
}

/** Null for a charset that is not known. */
function createDecoder(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: false });
  } catch {
    return null;
  }
}

/** Null for bytes that the charset has not. */
function tryDecode(decoder: TextDecoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
