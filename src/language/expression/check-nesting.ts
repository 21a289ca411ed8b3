/**
 * Most `??` and `?:` whose left side holds another. JSONata's parser copies the left side each time, so each level
 * doubles the tree: `((((a ?? b) ?? c) ...` of a hundred characters would fill any memory.
 */
const DEFAULTS_NESTED_MAX = 4;

interface Level {
  /** Deepest chain that ends within this bracket. */
  deepest: number;
  /** Deepest chain in the brackets closed since the last `??` or `?:` here, which are on the left of the next one. */
  closed: number;
}

/**
 * Tells whether an expression nests `??` and `?:` so that parsing it would take too much memory. Looks at brackets and
 * operators only; those inside texts count too, which at worst refuses a text full of question marks.
 *
 * @param source - An expression, not parsed yet.
 * @returns Whether it must not be parsed.
 */
export function nestsDefaultsTooDeeply(source: string): boolean {
  const levels: Level[] = [{ deepest: 0, closed: 0 }];
  for (const [token] of source.matchAll(/\?\?|\?:|[()[\]{}]/g)) {
    const top = levels.at(-1);
    if (top === undefined || "([{".includes(token)) {
      levels.push({ deepest: 0, closed: 0 });
    } else if (token === "??" || token === "?:") {
      top.deepest = Math.max(top.deepest, top.closed + 1);
      top.closed = 0;
    } else {
      closeLevel(levels);
    }
  }
  return levels.some((level) => level.deepest > DEFAULTS_NESTED_MAX);
}

function closeLevel(levels: Level[]): void {
  const inner = levels.pop();
  const outer = levels.at(-1);
  if (inner !== undefined && outer !== undefined) {
    outer.closed = Math.max(outer.closed, inner.deepest);
    outer.deepest = Math.max(outer.deepest, inner.deepest);
  }
}
