import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import { compileExpression } from "../../../../src/language/expression/compile-expression.ts";
import { Evaluation } from "../../../../src/language/expression/evaluation/evaluation.ts";
import { describeThrown } from "../../../../src/language/expression/expression-error.ts";
import { Meter } from "../../../../src/language/expression/meter.ts";
import { evaluate } from "./scope.ts";

const WIDE: Json = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`name${index}`, index]));

/** Gives what the evaluation of an expression uses up. */
function measure(source: string, input: Json = null): Evaluation {
  const run = new Evaluation({ input }, 1e9, { nowMs: 0, seed: 1 });
  const compiled = compileExpression(source);
  if (!compiled.ok) {
    throw new Error(compiled.error.message);
  }
  compiled.expression.evaluate(run);
  return run;
}

/** Work that is done without a node that is evaluated for it, and how much of it there is. */
const WORK: readonly {
  readonly what: string;
  readonly source: string;
  readonly input?: Json;
  readonly units: number;
}[] = [
  { what: "the truth of a wide object", source: "input ? 1", input: WIDE, units: 5000 },
  { what: "an object that is compared with a wide one", source: "{} = input", input: WIDE, units: 5000 },
  {
    what: "constants as arguments",
    source: `(function() { 1 })(${"1,".repeat(2000)}1)`,
    units: 500,
  },
  {
    what: "variables of a block that are never set",
    source: `(false ? [${Array.from({ length: 800 }, (_, index) => `$v${index}:=1`).join(",")}])`,
    units: 99,
  },
  {
    what: "a variable that many blocks around might have set",
    source: `($x := 1; ${"(false ? $x := 1; ".repeat(90)}$x${")".repeat(90)})`,
    units: 200,
  },
  {
    what: "functions that are compared with each other",
    source: "$count($distinct([1..200].(function() { 1 })))",
    units: 19_900,
  },
  { what: "a search that starts over at every match", source: "$match($pad('', 2000, 'a'), /a.*b|a/)", units: 1e6 },
  { what: "matches next to each other", source: "$split($pad('', 2000, 'a,'), /,/)", units: 1000 },
];

describe("fuel", () => {
  it.each(WORK)("$what is paid for", ({ source, input, units }) => {
    expect(measure(source, input ?? null).spent).toBeGreaterThan(units);
  });

  it("a split at a pattern costs what it reads, not the square of it", () => {
    const [once, twice] = [2000, 4000].map((length) => measure(`$split($pad('', ${length}, 'a,'), /,/)`).spent);
    expect((twice ?? 0) / (once ?? 1)).toBeLessThan(2.2);
  });

  it("amounts that are negative or no number at all neither fill nor break a meter", () => {
    for (const amount of [Number.NaN, -1, Infinity, -Infinity]) {
      const meter = new Meter(100);
      expect(() => meter.spend(amount)).toThrow("units of work");
      expect(() => meter.spend(1)).toThrow("units of work");
      expect(() => new Meter(100).allocate(amount)).toThrow();
    }
    for (const amount of [Number.NaN, Infinity]) {
      expect(() => new Meter(100).makeText(amount)).toThrow("longer than");
      expect(() => new Meter(100).makeEntries(amount)).toThrow("longer than");
    }
  });

  it.each([
    ["a width", "$pad('x', 0 / 0)"],
    ["where a match begins", "$replace('x', function() { {'match': 'x', 'start': 0 / 0} }, 'y')"],
    ["where a match begins, before the text", "$replace('x', function() { {'match': 'x', 'start': -1e300} }, 'y')"],
  ])("%s that is no offset does not stop the meter", (_what, source) => {
    const endless = `($f := function($x) { $f($x + 1) }; $a := ${source}; $f(1))`;
    const result = evaluate(endless);
    expect(result.ok ? null : result.error.code).toMatch(/^expression_(fuel|failed)$/);
  });

  it("a recursion through functions of the library counts as deep as it goes", () => {
    const sources = [
      "($f := function($x) { $map([1], $f) }; $f(1))",
      "($f := function($x) { $reduce([1, 2], $f) }; $f := function($x, $y) { $reduce([1, 2], $f) }; $f(1, 2))",
      "($f := function($x) { $sort([1, 2], function($a, $b) { $f(1) }) }; $f(1))",
      "($f := function($x) { $filter([1], $f) }; $f(1))",
      "($f := function($x) { $each({'a': 1}, $f) }; $f(1))",
      "($f := function($x) { $replace('a', 'a', $f) }; $f(1))",
      "($f := function($x) { $x ~> |$|{'a': $f({})}| }; $f({}))",
    ];
    for (const source of sources) {
      const result = evaluate(source);
      const message = result.ok ? "" : result.error.message;
      expect(message).toContain("recurses too deeply");
    }
  });
});

describe("exceptions of the engine", () => {
  it("are told apart: no stack left, and no room left", () => {
    expect(describeThrown("a", new RangeError("Maximum call stack size exceeded")).code).toBe("expression_too_deep");
    expect(describeThrown("a", new RangeError("Invalid string length")).code).toBe("expression_too_large");
    expect(() => describeThrown("a", new TypeError("a mistake of ours"))).toThrow("a mistake of ours");
  });
});

describe("memory", () => {
  it("an object with a number for a name takes no room for all the numbers before", () => {
    expect(evaluate("$map([1..2], function($i) { {'1000': $i, '7': 1, '4294967294': 2} })")).toEqual({
      ok: true,
      value: [
        { "7": 1, "1000": 1, "4294967294": 2 },
        { "7": 1, "1000": 2, "4294967294": 2 },
      ],
    });
  });

  it("what a pattern puts in is paid for before it is put together", () => {
    const result = evaluate("$replace($pad('', 2000, 'a'), /a+/, $pad('', 200000, '$0'))");
    expect(result).toMatchObject({ ok: false, error: { code: "expression_too_large" } });
  });
});
