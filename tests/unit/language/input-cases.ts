import { expect } from "vitest";
import type { Json, JsonObject } from "../../../src/domain/json.ts";

/** A list of a length, made entry by entry. */
export function list<Entry extends Json>(length: number, make: (index: number) => Entry): readonly Entry[] {
  return Array.from({ length }, (_, index) => make(index));
}

/** `d0` to `d<length>`, each made of the reference to the next; the last one takes anything. */
export function chain(length: number, make: (next: JsonObject) => JsonObject): JsonObject {
  const links = list(length, (index): [string, JsonObject] => [`d${index}`, make({ $ref: `#/$defs/d${index + 1}` })]);
  return { $ref: "#/$defs/d0", $defs: { ...Object.fromEntries(links), [`d${length}`]: {} } };
}

/** An input and a schema that would take long to check. */
export interface InputAttack {
  readonly what: string;
  readonly schema: JsonObject;
  readonly input: Json;
  /** Where the issue is, and what it says. */
  readonly path: string;
  readonly says: string;
}

/** What would take from seconds to ever, were it not counted. */
export const INPUT_ATTACKS: readonly InputAttack[] = [
  {
    what: "a long list under many schemas",
    schema: { items: { allOf: list(100, () => ({ type: "integer" })) } },
    input: list(50_000, () => 1),
    path: expect.stringMatching(/^\/\d+$/),
    says: "more work",
  },
  {
    what: "a long list of entries to compare",
    schema: { properties: { all: { uniqueItems: true } } },
    input: { all: list(50_000, (index) => [index]) },
    path: "/all",
    says: "`uniqueItems`",
  },
  {
    what: "a list that hundreds of schemas compare",
    schema: { allOf: list(240, () => ({ uniqueItems: true })) },
    input: list(2_000, (index) => index),
    path: "",
    says: "more work",
  },
  {
    what: "a long text under a pattern of many states",
    schema: { properties: { "a/b": { pattern: "(a|b|ab){100}$" } } },
    input: { "a/b": "ab".repeat(60_000) },
    path: "/a~1b",
    says: "patterns",
  },
  {
    what: "many texts under one pattern of many states",
    schema: { items: { pattern: "^(a|b|ab){1,400}$" } },
    input: list(1_000, () => "ab".repeat(100)),
    path: expect.stringMatching(/^\/\d+$/),
    says: "patterns",
  },
  {
    what: "a text that hundreds of schemas measure",
    schema: { allOf: list(900, () => ({ maxLength: 300_000 })) },
    input: "x".repeat(250_000),
    path: "",
    says: "more work",
  },
  {
    what: "names that are missing from every entry",
    schema: { items: { required: list(5_000, (index) => `k${index}`) } },
    input: list(20_000, () => ({})),
    path: expect.stringMatching(/^\/\d+$/),
    says: "more work",
  },
  {
    what: "many properties of many entries",
    schema: { items: { properties: Object.fromEntries(list(5_000, (index) => [`k${index}`, {}])) } },
    input: list(20_000, () => ({})),
    path: expect.stringMatching(/^\/\d+$/),
    says: "more work",
  },
  {
    what: "a long list of values that each failure writes out",
    schema: { contains: { enum: ["x".repeat(100_000)] } },
    input: list(20_000, (index) => index),
    path: expect.stringMatching(/^\/\d+$/),
    says: "more work",
  },
  {
    what: "defaults that double",
    schema: chain(40, (next) => ({ properties: { a: { ...next, default: {} }, b: { ...next, default: {} } } })),
    input: {},
    path: expect.stringMatching(/^(?:\/[ab])+$/),
    says: "defaults",
  },
  {
    what: "defaults that are long",
    schema: { items: { properties: { a: { default: "x".repeat(10_000) } } } },
    input: list(10_000, () => ({})),
    path: "/26",
    says: "256 KiB",
  },
  {
    what: "a chain of references",
    schema: chain(6_000, (next) => next),
    input: {},
    path: "",
    says: "within one another",
  },
  {
    what: "a deep value",
    schema: {},
    input: JSON.parse("[".repeat(1000) + "]".repeat(1000)),
    path: "",
    says: "too deep",
  },
  {
    what: "a name no pointer can spell",
    schema: { additionalProperties: { type: "string" } },
    input: { "\ud800": 1 },
    path: "",
    says: "garbled",
  },
];

/** Large, but what people have. */
export const ORDINARY_INPUTS: readonly { readonly what: string; readonly schema: JsonObject; readonly input: Json }[] =
  [
    { what: "a list of 100,000 numbers", schema: { items: { type: "integer" } }, input: list(100_000, () => 1) },
    { what: "a text of 256 KiB", schema: { type: "string", minLength: 1 }, input: "x".repeat(256 * 1024) },
    { what: "a text of 64 KiB under a pattern", schema: { pattern: "^[a-z ]+$" }, input: "words ".repeat(11_000) },
    { what: "2,000 entries that differ", schema: { uniqueItems: true }, input: list(2_000, (index) => `id-${index}`) },
    { what: "a country of 2,000", schema: { enum: list(2_000, (index) => `c${index}`) }, input: "c1999" },
    {
      what: "a list of 2,000 orders",
      schema: {
        items: {
          type: "object",
          required: ["id", "country", "items"],
          additionalProperties: false,
          properties: {
            id: { type: "string", format: "uuid" },
            country: { enum: list(200, (index) => `C${index}`) },
            name: { type: "string", pattern: "^[\\w ]{1,64}$" },
            items: { type: "array", minItems: 1, items: { $ref: "#/$defs/item" } },
          },
        },
        $defs: { item: { type: "object", properties: { sku: { type: "string" }, count: { minimum: 1 } } } },
      },
      input: list(2_000, (index) => ({
        id: "123e4567-e89b-12d3-a456-426614174000",
        country: `C${index % 200}`,
        name: "Ada Lovelace",
        items: [{ sku: "A-1", count: 2 }],
      })),
    },
    {
      what: "a chain of a hundred references",
      schema: chain(100, (next) => next),
      input: { a: 1 },
    },
  ];
