import { afterEach, describe, expect, it, vi } from "vitest";
import { createConsoleLog } from "../../../src/adapters/console-log.ts";

/** What a log writes for a text of somebody else's. */
function lineOf(text: string): string {
  const lines: string[] = [];
  vi.spyOn(console, "warn").mockImplementation((line: string) => {
    lines.push(line);
  });
  createConsoleLog({ shard: 0 }).warn("a message on the queue names no step; removed", { member: text });
  return lines.join("\n");
}

function fieldOf(text: string): unknown {
  return Reflect.get(Object(JSON.parse(lineOf(text))), "member");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a text from outside in a log line", () => {
  it("is there as it is when it is plain, in any script", () => {
    for (const text of ["019ca945/step", "Grüße, Ωμέγα, 東京, 👍", 'say "hi" \\ there', ""]) {
      expect(fieldOf(text)).toBe(text);
    }
  });

  it("is cut, and says how long it was", () => {
    const line = lineOf("x".repeat(1_000_000));
    expect(line.length).toBeLessThan(600);
    expect(line).toContain("(1000000 characters)");
  });

  it.each([
    ["a line end", "one\ntwo\r\nthree"],
    ["a line end of Unicode", "one\u2028two\u2029three\u0085four"],
    ["colours of a terminal", "\u001b[31mred\u001b[0m\u009b31m"],
    ["a turned direction", "abc\u202Egnp.exe\u2066x"],
    ["nothing to be seen", "a\u200bb\ufeffc\u00add\u0000e\u007f"],
    ["half a character", "\ud83d"],
  ])("cannot carry %s", (_name, text) => {
    const field = String(fieldOf(text));
    expect(field).toMatch(/\\u\{[0-9a-f]+\}/);
    expect(lineOf(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });
});
