import { describe, expect, it } from "vitest";
import { type SourceFile, readSourceFiles } from "./source-files.ts";
import { findComputedWrites, parse } from "./syntax.ts";

/** Files that set members by names of their own: statuses, and names of formats with a prefix. */
const OWN_NAMES = new Set([
  "src/domain/run/counts.ts",
  "src/api/stats/handlers.ts",
  "src/shard/counters.ts",
  // The one place where expressions set members; it takes care of `__proto__`.
  "src/language/expression/evaluation/values.ts",
  "src/language/input-schema.ts",
]);

function writesOf(file: SourceFile): readonly string[] {
  return findComputedWrites(parse(file)).map((name) => `${file.path}: [${name}]`);
}

describe("objects whose names come from users", () => {
  it("are maps, or made of entries: an assignment to `__proto__` would change what they are", () => {
    const files = readSourceFiles("src").filter(({ path }) => !OWN_NAMES.has(path));
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(writesOf)).toEqual([]);
  });

  it.each(["found[id] = 1", "found[id] ??= []", "found.steps[step.id] += 1", "found[`${id}`]++", "[found[id]] = [1]"])(
    "are caught when they are filled by %s",
    (statement) => {
      expect(writesOf({ path: "planted.ts", text: `export function plant(): void { ${statement}; }` })).toHaveLength(1);
    },
  );

  it.each([
    "list[index] = 1",
    "list[place] = 1",
    "list[0] = 1",
    "list[end - 1] = 1",
    "found.get(id)",
    "found.id = 1",
    "const { [id]: one } = found",
  ])("are not seen in %s", (statement) => {
    expect(writesOf({ path: "given.ts", text: `export function give(): void { ${statement}; }` })).toEqual([]);
  });
});
