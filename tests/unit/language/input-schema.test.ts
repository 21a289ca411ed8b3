import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/domain/json.ts";
import { checkInputSchema } from "../../../src/language/input-schema-check.ts";
import { checkInput } from "../../../src/language/input-schema.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";
import { chain, INPUT_ATTACKS, list, ORDINARY_INPUTS } from "./input-cases.ts";

function issuesOf(schema: JsonObject, input: Json): readonly (readonly [string, string])[] {
  const result = checkInput(schema, input);
  return result.ok ? [] : result.issues.map(({ path, message }) => [path, message]);
}

const PERSON: JsonObject = {
  type: "object",
  required: ["name"],
  additionalProperties: false,
  properties: {
    name: { type: "string", pattern: "^[a-z]+$" },
    age: { type: "integer", default: 30, minimum: 0 },
    home: { type: "object", default: {}, properties: { city: { type: "string", default: "Rome" } } },
    pets: { type: "array", items: { type: "object", properties: { legs: { default: 4 } } } },
  },
};

describe("checking a run's input", () => {
  it("no schema accepts everything as it is", () => {
    expect(checkInput(null, { a: [1] })).toEqual({ ok: true, input: { a: [1] } });
  });

  it("defaults are filled in at every depth, and what is given stays", () => {
    expect(checkInput(PERSON, { name: "ann", pets: [{}, { legs: 2 }] })).toEqual({
      ok: true,
      input: { name: "ann", age: 30, home: { city: "Rome" }, pets: [{ legs: 4 }, { legs: 2 }] },
    });
    expect(checkInput(PERSON, { name: "ann", age: 0, home: { city: "Oslo" } })).toMatchObject({
      input: { age: 0, home: { city: "Oslo" } },
    });
  });

  it("an explicit null is no missing member", () => {
    expect(issuesOf(PERSON, { name: "ann", age: null })[0]?.[0]).toBe("/age");
  });

  it("all that is wrong is told at once, each where it is", () => {
    expect(issuesOf(PERSON, { name: "Ann", age: -1, other: 1 }).map(([path]) => path)).toEqual(["/name", "/age", ""]);
    expect(issuesOf(PERSON, {})).toEqual([["", expect.stringContaining("name")]]);
    expect(issuesOf(PERSON, [])).toEqual([["", expect.stringContaining("object")]]);
  });

  it("a default that breaks the schema is told like any other value", () => {
    expect(issuesOf({ type: "object", properties: { a: { type: "string", default: 1 } } }, {})[0]?.[0]).toBe("/a");
  });

  it("references and alternatives are followed", () => {
    const schema: JsonObject = {
      $defs: { id: { anyOf: [{ type: "integer" }, { type: "string", pattern: "^x\\d$" }] } },
      properties: { a: { $ref: "#/$defs/id" }, b: { $ref: "#/$defs/id" } },
    };
    expect(issuesOf(schema, { a: 1, b: "x2" })).toEqual([]);
    expect(issuesOf(schema, { a: 1.5, b: "y2" }).map(([path]) => path)).toContain("/b");
  });

  it("a pattern made to backtrack for ever ends at once", async () => {
    const isSoon = await isWithinCpuMs(300, () => {
      expect(issuesOf({ pattern: "^(a+)+$" }, `${"a".repeat(50_000)}!`)).toEqual([
        ["", "does not match the pattern ^(a+)+$"],
      ]);
    });
    expect(isSoon).toBe(true);
  });

  it("patterns that take long to compile are refused before they are, however many there are", async () => {
    const wide = list(300, (index) => [`k${index}`, { pattern: `(?i)${index}${"[\\u0000-\\uFFFF]".repeat(30)}` }]);
    const repeated = list(300, (index) => [`k${index}`, { pattern: `${index}${"[a-z]{1000}".repeat(12)}` }]);
    const isSoon = await isWithinCpuMs(1000, () => {
      for (const [members, says] of [
        [wide, "at most 100 ranges"],
        [repeated, "instructions"],
      ] as const) {
        const findings = checkInputSchema({ properties: Object.fromEntries(members) }, []);
        expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining(says)]);
      }
    });
    expect(isSoon).toBe(true);
  });

  it("a schema of many members, each with a pattern, is fine", () => {
    const uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
    const members = list(200, (index) => [`k${index}`, { pattern: index % 10 === 0 ? `(?i)${index}[a-z]+` : uuid }]);
    expect(checkInputSchema({ properties: Object.fromEntries(members) }, [])).toEqual([]);
  });

  it("a pattern of one schema is not seen by another", () => {
    expect(issuesOf({ pattern: "^a$" }, "a")).toEqual([]);
    expect(issuesOf({ properties: { x: { type: "string" } } }, { x: "anything" })).toEqual([]);
    expect(issuesOf({ pattern: "^b$" }, "a")).toHaveLength(1);
  });

  it.each(INPUT_ATTACKS)("$what is refused in bounded time, where it is", async ({ schema, input, path, says }) => {
    const isSoon = await isWithinCpuMs(500, () => {
      expect(checkInput(schema, input)).toMatchObject({
        ok: false,
        issues: [{ path, message: expect.stringContaining(says) }],
      });
    });
    expect(isSoon).toBe(true);
  });

  it.each(ORDINARY_INPUTS)("$what is checked", async ({ schema, input }) => {
    expect(checkInputSchema(schema, [])).toEqual([]);
    expect(checkInput(schema, input)).toEqual({ ok: true, input });
  });

  it("of far too many problems the first fifty are told", () => {
    const schema = { anyOf: list(900, (outer) => ({ required: list(30, (inner) => `k${outer}_${inner}`) })) };
    expect(issuesOf(schema, {})).toHaveLength(50);
  });

  it("a member called __proto__ is data", () => {
    const input: Json = JSON.parse('{"__proto__": {"polluted": true}}');
    const result = checkInput({ type: "object" }, input);
    expect(JSON.stringify(result.ok && result.input)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("checking an input schema", () => {
  it.each<readonly [Json, string, string]>([
    [{ type: "strng" }, "/type", "`string`"],
    [{ requred: ["a"] }, "/requred", "`required`"],
    [{ required: "a" }, "/required", "list of names"],
    [{ properties: { a: 1 } }, "/properties/a", "an object, true or false"],
    [{ properties: [] }, "/properties", "object of schemas"],
    [{ anyOf: {} }, "/anyOf", "list of schemas"],
    [{ items: [{}] }, "/items", "an object, true or false"],
    [{ minLength: -1 }, "/minLength", "whole number"],
    [{ pattern: "a(?=b)" }, "/pattern", "linear time"],
    [{ pattern: "(" }, "/pattern", "linear time"],
    [{ pattern: "[a-z]{1000}".repeat(12) }, "/pattern", "instructions"],
    [
      { properties: Object.fromEntries(list(30, (index) => [`k${index}`, { pattern: "a{1000}" }])) },
      "/properties/k19/pattern",
      "instructions together",
    ],
    [chain(6_000, (next) => next), "", "nested"],
    [
      chain(40, (next) => ({ properties: { a: { ...next, default: {} }, b: { ...next, default: {} } } })),
      "",
      "too many defaults",
    ],
    [{ format: "emial" }, "/format", "`email`"],
    [{ format: "url" }, "/format", "`uri`"],
    [{ $ref: "https://example.com/schema" }, "/$ref", "$defs"],
    [{ $ref: "#/$defs/none" }, "/$ref", "$defs"],
    [{ $ref: "#" }, "/$ref", "$defs"],
    [{ $id: "x" }, "/$id", "stands alone"],
    [{ patternProperties: {} }, "/patternProperties", "propertyNames"],
    [{ $defs: { a: { items: { $ref: "#/$defs/a" } } }, $ref: "#/$defs/a" }, "", "refers to itself"],
    [
      Object.fromEntries([
        ["$ref", "#/$defs/d0"],
        [
          "$defs",
          Object.fromEntries(
            Array.from({ length: 20 }, (_, i) => [
              `d${i}`,
              i === 19 ? {} : { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
            ]),
          ),
        ],
      ]),
      "",
      "1000 schemas",
    ],
  ])("%j is told at %s", (schema, path, says) => {
    const [finding] = checkInputSchema(schema, []);
    expect(`/${finding?.path.join("/") ?? "?"}`.replace(/^\/$/, "")).toBe(path);
    expect(`${finding?.message ?? ""} ${finding?.hint ?? ""}`).toContain(says);
  });

  it("a schema of every keyword that is supported passes", () => {
    const schema: JsonObject = JSON.parse(`{
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "t",
      "type": ["object", "null"],
      "properties": { "a": true, "b": { "enum": [1, "x"], "default": 1 }, "c": { "prefixItems": [{}], "items": false } },
      "dependentRequired": { "a": ["b"] },
      "if": { "required": ["a"] },
      "then": { "not": { "required": ["c"] } },
      "propertyNames": { "pattern": "^[a-c]$" },
      "maxProperties": 3
    }`);
    expect(checkInputSchema(schema, [])).toEqual([]);
  });
});
