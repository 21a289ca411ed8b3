import { describe, expect, it } from "vitest";
import { BODY_DEPTH_MAX, parseStrictJson } from "../../../src/functions/api/strict-json.ts";

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["text that is no JSON", "{a: 1}", /no JSON/],
  ["an empty text", "", /no JSON/],
  ["a member named twice", '{"a":1,"b":{"a":2},"a":3}', /`a` twice/],
  ["a member named twice, once with an escape", String.raw`{"a":1,"\u0061":2}`, /`a` twice/],
  ["a NUL character in a value", String.raw`{"a":"x\u0000"}`, /NUL/],
  ["a NUL character in a name", String.raw`{"\u0000":1}`, /NUL/],
  ["half of a surrogate pair", String.raw`["\ud800"]`, /surrogate/],
  ["a number beyond every double", "[1e999]", /1e999/],
  ["a whole number that would lose digits", "[9007199254740993]", /9007199254740993/],
  ["a member named __proto__", '{"__proto__":{}}', /__proto__/],
  ["too many levels", `${"[".repeat(BODY_DEPTH_MAX + 1)}${"]".repeat(BODY_DEPTH_MAX + 1)}`, /levels/],
];

const TAKEN: readonly (readonly [string, string])[] = [
  ["equal names in different objects", '{"a":{"x":1},"b":{"x":2},"c":[{"x":1},{"x":2}]}'],
  ["names that also are values", '{"a":"a","b":["a","b"]}'],
  ["marks and quotes in strings", String.raw`{"a":"{\"a\":1,","b":"]}\\","c":"\\\""}`],
  ["an escaped backslash before u0000", String.raw`["\\u0000"]`],
  ["a surrogate pair", String.raw`["\ud83d\ude00"]`],
  ["numbers that fit", "[0,-1,1.5,9007199254740991,1e308,-2.5E-3]"],
  ["scalars", '"text"'],
  ["as many levels as are allowed", `${"[".repeat(BODY_DEPTH_MAX)}${"]".repeat(BODY_DEPTH_MAX)}`],
];

describe("a body", () => {
  it.each(REFUSED)("with %s is refused", (_, text, message) => {
    const result = parseStrictJson(text);
    expect(result.ok ? "taken" : result.message).toMatch(message);
  });

  it.each(TAKEN)("with %s is taken as it is", (_, text) => {
    expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it("of the largest size is checked in a blink", () => {
    const text = JSON.stringify({
      input: { text: "x\\".repeat(60_000), list: Array.from({ length: 20_000 }, (_, i) => i) },
    });
    const before = performance.now();
    expect(parseStrictJson(text).ok).toBe(true);
    expect(performance.now() - before).toBeLessThan(200);
  });
});
