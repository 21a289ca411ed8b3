import { describe, expect, it } from "vitest";
import { type SourceFile, readSourceFiles } from "./source-files.ts";
import { findImpureCalls, parse } from "./syntax.ts";

function impureCallsOf(file: SourceFile): readonly string[] {
  return findImpureCalls(parse(file)).map((call) => `${file.path}: ${call}`);
}

describe("the domain", () => {
  it("reads no clock and no random source: both are arguments", () => {
    const files = readSourceFiles("src/domain");
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(impureCallsOf)).toEqual([]);
  });

  it("may make a Date of an instant that it was given", () => {
    expect(impureCallsOf({ path: "given.ts", text: "export const at = (ms: number): Date => new Date(ms);" })).toEqual(
      [],
    );
  });

  it.each(["new Date()", "new Date", "Date()", "Date.now()", "Math.random()", "[1].map(Math.random)"])(
    "is caught when it uses %s",
    (expression) => {
      expect(impureCallsOf({ path: "planted.ts", text: `export const planted = ${expression};` })).toHaveLength(1);
    },
  );
});
