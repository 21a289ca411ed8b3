import { INTEGER_MAX } from "./fields.ts";
import { problem, type Problem } from "./problem.ts";

/**
 * Reads a cursor.
 *
 * @param cursor - The `nextCursor` of a page, or undefined for the first page.
 * @param parse - Reads the key of a row; null when the text is none.
 * @returns The key (null: the first page), or the refusal.
 */
export function readCursor<Key>(
  cursor: string | undefined,
  parse: (text: string) => Key | null,
): { readonly kind: "position"; readonly after: Key | null } | Problem {
  if (cursor === undefined) {
    return { kind: "position", after: null };
  }
  const text = decode(cursor);
  const after = text === null ? null : parse(text);
  return after === null
    ? problem("invalid_request", "`cursor` must be the `nextCursor` of the page before, as it was", {
        issues: [{ path: "/cursor", code: "invalid_parameter", message: "not a cursor" }],
      })
    : { kind: "position", after };
}

/**
 * Makes a page of rows: the query asked for one row more than the page has, which tells whether another page follows.
 *
 * @param rows - At most `limit + 1` rows.
 * @param limit - Rows of a page.
 * @param positionOf - Gives the key of a row.
 * @returns The rows of the page and the cursor of the next.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => string,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, nextCursor: rows.length > limit && last !== undefined ? writeCursor(positionOf(last)) : null };
}

/**
 * Writes where a page ended, so that clients do not read meaning into it.
 *
 * @param position - Key of the last row that was looked at; ASCII.
 * @returns The cursor.
 */
export function writeCursor(position: string): string {
  return btoa(position).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Reads a number as the key of a row.
 *
 * @param text - What a cursor holds.
 * @returns The number, or null when it is none that a row can have.
 */
export function readNumber(text: string): number | null {
  return /^\d{1,10}$/.test(text) && Number(text) <= INTEGER_MAX ? Number(text) : null;
}

function decode(cursor: string): string | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) {
    return null;
  }
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}
