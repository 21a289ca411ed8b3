import { describe, expect, it } from "vitest";
import { declaredExports, undocumentedParts } from "./documented-exports.ts";
import { readSourceFiles } from "./source-files.ts";

const DOCUMENTED_SHARE_MIN = 0.95;

describe.each(["src", "scripts"])("exports of %s", (folder) => {
  const files = readSourceFiles(folder).filter(({ path }) => path.endsWith(".ts"));

  it(`say what they give: at least ${DOCUMENTED_SHARE_MIN * 100} % have a doc comment`, () => {
    const all = files.flatMap(declaredExports);
    const bare = all.filter(({ doc }) => doc === null).map(({ path, name }) => `${path}: ${name}`);
    expect(all.length).toBeGreaterThan(0);
    expect(1 - bare.length / all.length, bare.join("\n")).toBeGreaterThanOrEqual(DOCUMENTED_SHARE_MIN);
  });

  it("describe each parameter and each result of a function", () => {
    expect(files.flatMap(undocumentedParts)).toEqual([]);
  });
});

describe("the check of doc comments", () => {
  it("sees an export without a doc comment", () => {
    const text = "/** One. */\nexport type One = 1;\n\nexport interface Bare {}\n";
    expect(declaredExports({ path: "planted.ts", text })).toEqual([
      { path: "planted.ts", name: "One", doc: "/** One. */" },
      { path: "planted.ts", name: "Bare", doc: null },
    ]);
  });

  it("sees parameters and results that are not described", () => {
    const text = "/** Adds. */\nexport function add(a: number, { b }: { b: number }): number {\n  return a + b;\n}\n";
    expect(undocumentedParts({ path: "planted.ts", text })).toEqual([
      "planted.ts: add has no @param a",
      "planted.ts: add has no @returns",
    ]);
  });

  it("asks for no result where there is none", () => {
    const text = "/** Waits. */\nexport async function wait(): Promise<void> {}\n";
    expect(undocumentedParts({ path: "planted.ts", text })).toEqual([]);
  });
});
