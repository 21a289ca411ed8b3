import { array, assert, constantFrom, integer, oneof, property, stringMatching, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Json } from "../../../src/domain/json.ts";
import { BODY_DEPTH_MAX, isKeptNumber, parseExactJson, parseStrictJson } from "../../../src/language/json-text.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";

const REFUSED: readonly (readonly [string, string, RegExp, string | null])[] = [
  ["text that is no JSON", "{a: 1}", /no JSON/, null],
  ["an empty text", "", /no JSON/, null],
  ["a member named twice", '{"a":1,"b":{"a":2},"a":3}', /`a` twice/, "/a"],
  ["a member named twice, once with an escape", String.raw`{"a":1,"\u0061":2}`, /`a` twice/, "/a"],
  ["a NUL character in a value", String.raw`{"a":"x\u0000"}`, /NUL/, "/a"],
  ["a NUL character in a name", String.raw`{"\u0000":1}`, /NUL/, "/"],
  ["half of a surrogate pair", String.raw`["\ud800"]`, /surrogate/, "/0"],
  ["a number beyond every double", "[1e999]", /1e999/, "/0"],
  ["a number that would be 0", "[1e-999]", /1e-999/, "/0"],
  ["a whole number that would lose digits", "[9007199254740993]", /9007199254740993.*quotes/, "/0"],
  [
    "one deep down",
    '{"input":{"a/b":[{"x":1},[0,"9007199254740993",-9007199254740993]]},"z":1}',
    /-9007199254740993 at `\/input\/a~1b\/1\/2`/,
    "/input/a~1b/1/2",
  ],
  ["a whole number with a fraction that says nothing", "[9007199254740993.0]", /as it is written/, "/0"],
  ["an amount with cents beyond a double", "[12345678901234567.89]", /as it is written/, "/0"],
  [
    "a member named __proto__ where no names are free",
    '{"labels":{"__proto__":"x"}}',
    /__proto__/,
    "/labels/__proto__",
  ],
  ["a member named __proto__ at the top", '{"__proto__":{}}', /__proto__/, "/__proto__"],
];

const TAKEN: readonly (readonly [string, string])[] = [
  ["equal names in different objects", '{"a":{"x":1},"b":{"x":2},"c":[{"x":1},{"x":2}]}'],
  ["names that also are values", '{"a":"a","b":["a","b"]}'],
  ["marks and quotes in strings", String.raw`{"a":"{\"a\":1,","b":"]}\\","c":"\\\""}`],
  ["an escaped backslash before u0000", String.raw`["\\u0000"]`],
  ["a surrogate pair", String.raw`["\ud83d\ude00"]`],
  ["numbers that fit", "[0,-0,-1,1.5,9007199254740991,-9007199254740991,1e308,-2.5E-3,5e-324]"],
  ["a fraction of more digits than a double has", "[0.1000000000000000055,3.14159265358979323846]"],
  ["a large number with an exponent", "[1e21,9.3e18]"],
  ["numbers in texts", '["9007199254740993","1e400"]'],
  ["scalars", '"text"'],
  ["as many levels as are allowed", `${"[".repeat(BODY_DEPTH_MAX)}${"]".repeat(BODY_DEPTH_MAX)}`],
  ["names of every object in its input", '{"input":{"__proto__":{"a":1},"constructor":2,"toString":[]}}'],
];

/** One value: as the engine reads it, but for a number that is not kept. */
function readExactly(literal: string): Json {
  return /^[-\d]/.test(literal) && !isKeptNumber(literal) ? literal : JSON.parse(literal);
}

describe("data of users as a whole", () => {
  it("may have members of any name, and is held to the rest", () => {
    const taken = parseStrictJson('{"__proto__":{"__proto__":1}}', "data");
    expect(JSON.stringify(taken)).toBe('{"ok":true,"value":{"__proto__":{"__proto__":1}}}');
    expect(parseStrictJson('{"a":1,"a":2}', "data")).toMatchObject({ ok: false, path: "/a" });
  });
});

describe("a body", () => {
  it.each(REFUSED)("with %s is refused, with its place", (_, text, message, path) => {
    const result = parseStrictJson(text);
    expect(result.ok ? "taken" : result.message).toMatch(message);
    expect(result).toMatchObject({ path });
  });

  it("with too many levels is refused", () => {
    const text = `${"[".repeat(BODY_DEPTH_MAX + 1)}${"]".repeat(BODY_DEPTH_MAX + 1)}`;
    expect(parseStrictJson(text)).toMatchObject({ ok: false, message: expect.stringContaining("levels") });
  });

  it.each(TAKEN)("with %s is taken as it is", (_, text) => {
    const result = parseStrictJson(text);
    expect(result).toEqual({ ok: true, value: JSON.parse(text) });
    expect(JSON.stringify(result.ok && result.value)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it("of the largest size is checked in a blink", async () => {
    const text = JSON.stringify({
      input: { text: "x\\".repeat(60_000), list: Array.from({ length: 20_000 }, (_, i) => i) },
    });
    expect(await isWithinCpuMs(50, () => expect(parseStrictJson(text).ok).toBe(true))).toBe(true);
  });
});

describe("a response in JSON", () => {
  it.each<readonly [string, Json]>([
    ['{"id":9007199254740993,"v":1e400}', { id: "9007199254740993", v: "1e400" }],
    ["[-9007199254740993,18446744073709551615]", ["-9007199254740993", "18446744073709551615"]],
    ["[9007199254740991,9007199254740992,-9007199254740992]", [2 ** 53 - 1, "9007199254740992", "-9007199254740992"]],
    ["[-1E400,1e-400,0.0e-999,0e999]", ["-1E400", "1e-400", 0, 0]],
    ["[9007199254740993.0,12345678901234567.89]", ["9007199254740993.0", "12345678901234567.89"]],
    ["[0.1000000000000000055,1e21,1.7976931348623157e308,5e-324]", [0.1, 1e21, Number.MAX_VALUE, 5e-324]],
    ['{"9007199254740993":"9007199254740993 1e400","x":9007199254740993}', null],
    [`[${"9".repeat(400)},0.${"0".repeat(250)}1e-99]`, ["9".repeat(400), `0.${"0".repeat(250)}1e-99`]],
    [
      String.raw`["\"9007199254740993",9007199254740993,"\\",1e400]`,
      ['"9007199254740993', "9007199254740993", "\\", "1e400"],
    ],
    ["9007199254740993", "9007199254740993"],
    [" \n[ 9007199254740993 , 1 ]\t", ["9007199254740993", 1]],
  ])("keeps every digit of %s", (text, expected) => {
    const whole = { "9007199254740993": "9007199254740993 1e400", x: "9007199254740993" };
    expect(parseExactJson(text)).toEqual(expected ?? whole);
  });

  it("is what the engine reads, but for numbers that are not kept, which are as written", () => {
    const number = oneof(
      stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,3})?$/),
      integer().map(String),
    );
    const text = oneof(stringMatching(/^[\d.eE"\\ -]{0,20}$/), stringMatching(/^\d{16,18}$/)).map((each) =>
      JSON.stringify(each),
    );
    const list = array(oneof(number, text, constantFrom("true", "null", "{}")), { maxLength: 20 });
    assert(
      property(tuple(list, list), ([left, right]) => {
        const json = `{"a":[${left.join(", ")}],"b":[${right.join(",")}]}`;
        expect(parseExactJson(json)).toEqual({ a: left.map(readExactly), b: right.map(readExactly) });
      }),
      { numRuns: 500 },
    );
  });

  it("keeps all digits of every whole number", () => {
    assert(
      property(stringMatching(/^-?[1-9]\d{0,400}$/), (number) => {
        const [value] = z.tuple([z.union([z.string(), z.number()])]).parse(parseExactJson(`[${number}]`));
        expect(String(value)).toBe(number);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps members that objects have names of their own for", () => {
    const text = '{"__proto__":{"id":9007199254740993},"constructor":1,"toString":2}';
    expect(JSON.stringify(parseExactJson(text))).toBe(text.replace("9007199254740993", '"9007199254740993"'));
  });

  it("takes the last of members named twice", () => {
    expect(parseExactJson('{"a":1,"a":9007199254740993}')).toEqual({ a: "9007199254740993" });
  });

  it.each(["", "{", "[01]", "[1.]", "[9007199254740993", "NaN", "[.5]"])("is refused when it is %j", (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it.each([
    ["ids", `[${Array.from({ length: 50_000 }, (_, i) => `900719925474099${1000 + i}`).join(",")}]`],
    ["one number", `[${"1".repeat(1_000_000)}]`],
    ["escapes", `[9007199254740993,"${"\\\\".repeat(500_000)}"]`],
    ["brackets", `[9007199254740993,${"[".repeat(400_000)}${"]".repeat(400_000)}]`],
  ])("of a megabyte of %s is read in a blink", async (_, text) => {
    expect(await isWithinCpuMs(150, () => parseExactJson(text))).toBe(true);
  });
});

describe("a number as YAML writes it", () => {
  it.each([
    ["0x1F", true],
    ["0xE0000000000001", false],
    ["0o17", true],
    ["0o777777777777777777777", false],
    ["+5", true],
    [".5", true],
    ["5.", true],
    ["+.5e400", false],
    [".inf", false],
    [".nan", false],
  ])("%s is kept: %s", (literal, isKept) => {
    expect(isKeptNumber(literal)).toBe(isKept);
  });
});
