/**
 * Makes text safe to stand in HTML.
 *
 * @param text - Any text.
 * @returns The same, with nothing in it that HTML would read as more than text.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/**
 * Makes text safe, with what stands between backticks as code.
 *
 * @param text - A sentence of the contract.
 * @returns HTML.
 */
export function proseHtml(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
