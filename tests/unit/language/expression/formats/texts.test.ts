import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../../../../src/language/expression/formats/base64.ts";
import { hmac, sha256 } from "../../../../../src/language/expression/formats/digest.ts";
import { formatInteger } from "../../../../../src/language/expression/formats/format-integer.ts";
import { formatNumber } from "../../../../../src/language/expression/formats/format-number.ts";
import { parseIntegerPicture } from "../../../../../src/language/expression/formats/integer-picture.ts";
import { parseCsv } from "../../../../../src/language/expression/formats/parse-csv.ts";
import { parseInteger } from "../../../../../src/language/expression/formats/parse-integer.ts";
import { parseUrl } from "../../../../../src/language/expression/functions/encodings.ts";

describe("base64", () => {
  it("carries any text, as UTF-8", () => {
    expect(encodeBase64("é")).toBe("w6k=");
    const text = "é 😀 \u0000 \uFEFF ".repeat(5000);
    expect(decodeBase64(encodeBase64(text))).toBe(text);
  });

  it("reads the URL-safe alphabet, missing padding and line breaks", () => {
    expect(decodeBase64("w6\r\nk")).toBe("é");
    expect(decodeBase64("Pz8_Pj4-")).toBe("???>>>");
  });

  it.each(["a", "abc*", "====", "w6k=x"])("%j is no base64", (text) => {
    expect(() => decodeBase64(text)).toThrow("is no base64");
  });

  it("bytes that are no text are an error, not other text", () => {
    expect(() => decodeBase64("/w==")).toThrow("no UTF-8");
  });
});

describe("digests", () => {
  // RFC 4231, test case 2; FIPS 180-2, `abc`.
  it("agree with the published vectors", () => {
    expect(sha256("abc", "hex")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(hmac("what do ya want for nothing?", "Jefe", "sha256", "hex")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    expect(hmac("é", "é", "sha256", "base64")).not.toBe(hmac("e", "e", "sha256", "base64"));
  });

  it("another algorithm or encoding is refused", () => {
    expect(() => hmac("a", "b", "md5", "hex")).toThrow("must be one of sha1, sha256");
    expect(() => sha256("a", "binary")).toThrow("must be one of hex");
  });
});

describe("CSV", () => {
  it("quotes keep separators, quotes and line breaks", () => {
    expect(parseCsv('name,note\r\n"Li, Wei","said ""no""\nand left"\r\n', ",")).toEqual([
      ["name", "note"],
      ["Li, Wei", 'said "no"\nand left'],
    ]);
  });

  it("empty fields and lines stay, an empty last line does not count", () => {
    expect(parseCsv("a;;\n\n;b", ";")).toEqual([["a", "", ""], [""], ["", "b"]]);
    expect(parseCsv("", ",")).toEqual([]);
  });

  it("what is malformed names its line", () => {
    expect(() => parseCsv('a\n"b', ",")).toThrow("line 2 opens a quote");
    expect(() => parseCsv('a\nb,"c"d', ",")).toThrow("line 2 has text behind");
    expect(() => parseCsv("a", ",,")).toThrow("single character");
  });
});

describe("URLs", () => {
  it("are taken apart, with names of queries as data", () => {
    expect(parseUrl("https://api.example:8443/a%20b?x=1&x=2&__proto__=%26#top")).toEqual({
      protocol: "https",
      host: "api.example:8443",
      hostname: "api.example",
      port: 8443,
      path: "/a%20b",
      query: Object.fromEntries([
        ["x", ["1", "2"]],
        ["__proto__", "&"],
      ]),
      fragment: "top",
      origin: "https://api.example:8443",
    });
  });

  it("a relative one is refused", () => {
    expect(() => parseUrl("/a?b=c")).toThrow("is no absolute URL");
  });
});

describe("numbers", () => {
  it("an integer beyond 10^21 is written with all its digits", () => {
    expect(formatInteger(1e21, parseIntegerPicture("#,##0"))).toBe("1,000,000,000,000,000,000,000");
    expect(formatNumber(1e21, "#,##0.00", new Map())).toBe("1,000,000,000,000,000,000,000.00");
  });

  it("separators never stand before the first digit", () => {
    expect(formatInteger(12, parseIntegerPicture("#:###,##0"))).toBe("12");
    expect(formatInteger(123, parseIntegerPicture("#,##0"))).toBe("123");
  });

  it("a numeral that would fill memory is refused", () => {
    expect(() => formatInteger(1e15, parseIntegerPicture("I"))).toThrow("no roman numeral");
  });

  it.each([
    ["12a", "0"],
    ["", "0"],
    ["ABC", "I"],
    ["A1", "A"],
    ["twelve bananas", "w"],
  ])("%j is refused where a whole number by %j is wanted", (text, picture) => {
    const format = parseIntegerPicture(picture);
    expect(() => parseInteger(text, format)).toThrow("is no whole number");
  });

  it("options are single characters", () => {
    expect(() => formatNumber(1, "0", new Map([["zero-digit", 0]]))).toThrow("must be text");
    expect(() => formatNumber(1, "0", new Map([["digit", "##"]]))).toThrow("a single character");
    expect(() => formatNumber(1, `0.${"0".repeat(200)}`, new Map())).toThrow("more than 100 digits");
  });
});
