import { describe, expect, it } from "vitest";
import { readSourceFiles } from "./source-files.ts";

const LINES_MAX = 300;

describe.each(["src", "scripts", "dashboard", "tests"])("files in %s", (folder) => {
  it(`have at most ${LINES_MAX} lines, without exemption`, () => {
    const tooLong = readSourceFiles(folder)
      .map(({ path, text }) => ({ path, lineCount: text.trimEnd().split("\n").length }))
      .filter(({ lineCount }) => lineCount > LINES_MAX);
    expect(tooLong).toEqual([]);
  });
});
