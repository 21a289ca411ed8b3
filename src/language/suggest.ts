/** Names longer than this are not compared: nobody mistypes them, and comparing costs their product. */
const NAME_LENGTH_MAX = 64;

/** The nearest name within a third of the letters, or null when none is near. */
function suggestName(name: string, known: readonly string[]): string | null {
  if (name.length > NAME_LENGTH_MAX) {
    return null;
  }
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = countEdits(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Says what a mistyped name most likely means, for the hint of an issue.
 *
 * @param name - The name that is not known.
 * @param known - The names that are, in the order they are listed when none is near.
 * @returns `did you mean ...?`, or the known names.
 */
export function suggestHint(name: string, known: readonly string[]): string {
  const near = suggestName(name, known);
  if (near !== null) {
    return `did you mean \`${near}\`?`;
  }
  const shown = known.slice(0, 20).map((each) => `\`${each}\``);
  return `known here: ${shown.join(", ")}${known.length > shown.length ? ", ..." : ""}`;
}

/** Levenshtein's distance, one row at a time. */
function countEdits(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > NAME_LENGTH_MAX) {
    return NAME_LENGTH_MAX;
  }
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
