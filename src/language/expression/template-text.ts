/** An expression in a text. */
export interface ExpressionPart {
  /** What stands between `${{` and `}}`, without white space around it. */
  readonly source: string;
  /** Where `${{` begins in the text. */
  readonly offset: number;
}

/** A text taken apart: literal text and expressions, in order. */
export type TextPart = string | ExpressionPart;

/** The parts of a text, or the offset of a `${{` that is never closed. */
export type SplitResult =
  | { readonly ok: true; readonly parts: readonly TextPart[] }
  | { readonly ok: false; readonly offset: number };

const OPEN = "${{";
const CLOSE = "}}";

/** After one of these, a `/` begins a regular expression; after anything else it divides. */
const BEFORE_OPERAND = new Set("([{,;:=~<>?&|+-*/%!.");

/**
 * Takes a text apart at its expressions. `}}` inside a text, a comment, a regular expression or an object of the
 * expression does not end it.
 *
 * @param text - Any text of a recipe.
 * @returns The parts; literal parts are never empty.
 */
export function splitText(text: string): SplitResult {
  const parts: TextPart[] = [];
  let position = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, position)) {
    const close = findClose(text, open + OPEN.length);
    if (close === -1) {
      return { ok: false, offset: open };
    }
    if (open > position) {
      parts.push(text.slice(position, open));
    }
    parts.push({ source: text.slice(open + OPEN.length, close).trim(), offset: open });
    position = close + CLOSE.length;
  }
  if (position < text.length) {
    parts.push(text.slice(position));
  }
  return { ok: true, parts };
}

function findClose(text: string, start: number): number {
  let depth = 0;
  let previous = "(";
  let position = start;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === "}" && depth === 0) {
      return text.startsWith(CLOSE, position) ? position : -1;
    }
    const end = skipToken(text, position, previous);
    if (end === -1) {
      return -1;
    }
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    previous = character.trim() === "" ? previous : character;
    position = end;
  }
  return -1;
}

/** Gives where the token at a position ends: a quoted text, comment or regular expression as a whole; -1 if it never does. */
function skipToken(text: string, position: number, previous: string): number {
  const character = text.charAt(position);
  if (character === '"' || character === "'") {
    return skipQuoted(text, position, character);
  }
  if (character === "`") {
    return endAfter(text.indexOf("`", position + 1), 1);
  }
  if (text.startsWith("/*", position)) {
    return endAfter(text.indexOf("*/", position + 2), 2);
  }
  if (character === "/" && BEFORE_OPERAND.has(previous)) {
    return skipQuoted(text, position, "/");
  }
  return position + 1;
}

function skipQuoted(text: string, start: number, quote: string): number {
  for (let position = start + 1; position < text.length; position += 1) {
    if (text.charAt(position) === "\\") {
      position += 1;
    } else if (text.charAt(position) === quote) {
      return position + 1;
    }
  }
  return -1;
}

function endAfter(found: number, length: number): number {
  return found === -1 ? -1 : found + length;
}
