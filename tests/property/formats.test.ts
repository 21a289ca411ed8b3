import * as fc from "fast-check";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { formatDate } from "../../src/language/expression/formats/format-date.ts";
import { formatInteger } from "../../src/language/expression/formats/format-integer.ts";
import { formatNumber } from "../../src/language/expression/formats/format-number.ts";
import { parseIntegerPicture } from "../../src/language/expression/formats/integer-picture.ts";
import { parseIsoDate } from "../../src/language/expression/formats/iso-date.ts";
import { parseInteger } from "../../src/language/expression/formats/parse-integer.ts";

const RUNS = { numRuns: 300 };

/** The library's answer to an expression, with values bound by name. */
async function askLibrary(expression: string, bindings: Record<string, unknown>): Promise<unknown> {
  return jsonata(expression).evaluate({}, bindings);
}

describe("formats agree with JSONata's", () => {
  it("whole numbers by picture", async () => {
    const picture = fc.constantFrom("0", "000", "#,##0", "0;o", "A", "a", "i", "I", "w", "W", "Ww", "w;o");
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -5000, max: 5000 }), picture, async (value, text) => {
        expect(formatInteger(value, parseIntegerPicture(text))).toBe(
          await askLibrary("$formatInteger($value, $picture)", { value, picture: text }),
        );
      }),
      RUNS,
    );
  });

  it("numbers by picture", async () => {
    const picture = fc.constantFrom(
      "0",
      "0.00",
      "#,##0.00",
      "#.##",
      "0.0e0",
      "#0.00e00",
      "0%",
      "0.0‰",
      "0;(0)",
      ".00",
      "#",
    );
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -1e15, max: 1e15, noNaN: true }), picture, async (value, text) => {
        expect(formatNumber(value, text, new Map())).toBe(
          await askLibrary("$formatNumber($value, $picture)", { value, picture: text }),
        );
      }),
      RUNS,
    );
  });

  it("instants by picture", async () => {
    const picture = fc.constantFrom(
      "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]Z",
      "[FNn], [D1o] [MNn,*-3] [Y01] [h]:[m] [P]",
      "[X0001]-W[W01]-[F1] [x] [w] [d]",
    );
    const instant = fc.date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(instant, picture, async (date, text) => {
        const value = date.getTime();
        expect(formatDate(value, text, () => 0)).toBe(
          await askLibrary("$fromMillis($value, $picture)", { value, picture: text }),
        );
        expect(parseIsoDate(date.toISOString())).toBe(value);
      }),
      RUNS,
    );
  });
});

describe("formats read what they write", () => {
  it("whole numbers by every picture", () => {
    const picture = fc.constantFrom(
      "0",
      "000",
      "#,##0",
      "#.##0",
      "0;o",
      "A",
      "a",
      "i",
      "I",
      "w",
      "W",
      "Ww",
      "w;o",
      "٠",
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), picture, (value, text) => {
        const format = parseIntegerPicture(text);
        expect(parseInteger(formatInteger(value, format), format)).toBe(value);
      }),
      RUNS,
    );
  });
});
