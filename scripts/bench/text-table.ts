/**
 * Lays out rows of text in columns: the first to the left, the others, numbers, to the right.
 *
 * @param headers - One word or two per column.
 * @param rows - As many cells each as there are headers.
 * @returns Lines of text, the headers first.
 */
export function layOutTable(headers: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [headers, ...rows];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/**
 * Writes a number for people: three significant digits below a hundred, whole numbers above.
 *
 * @param value - Any number.
 * @returns The text, such as `1,523`, `24.1` or `0.36`.
 */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
