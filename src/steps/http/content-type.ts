/** What a `content-type` header says. */
export interface ContentType {
  /** In lower case, without parameters; empty when the header is missing or names no type. */
  readonly type: string;
  /** As written, without quotes; null when none is named. */
  readonly charset: string | null;
}

/** One value of a header that was sent twice, or joined on its way; a comma in quotes parts nothing. */
const VALUE = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;

const TYPE = /^[^\s/]+\/[^\s/*]+$/;

const PARAMETER = /;\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)/g;

/**
 * Reads a `content-type` header as browsers do: of several values the last that names a type counts, and it inherits
 * the charset of an equal type before it; of a parameter given twice the first counts.
 *
 * @param header - The header, or undefined when there is none.
 * @returns The type and its charset.
 */
export function readContentType(header: string | undefined): ContentType {
  let read: ContentType = { type: "", charset: null };
  for (const [value] of header?.matchAll(VALUE) ?? []) {
    const [name = ""] = value.split(";", 1);
    const type = name.trim().toLowerCase();
    if (TYPE.test(type)) {
      const charset = readCharset(value.slice(name.length));
      read = { type, charset: charset ?? (type === read.type ? read.charset : null) };
    }
  }
  return read;
}

function readCharset(parameters: string): string | null {
  for (const [, name = "", value = ""] of parameters.matchAll(PARAMETER)) {
    if (name.toLowerCase() === "charset") {
      // Single quotes mean nothing in a header, and are sent all the same.
      const charset = value.trim().replace(/^(["'])(.*?)\1?$/s, "$2");
      return charset === "" ? null : charset;
    }
  }
  return null;
}
