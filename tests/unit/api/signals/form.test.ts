import { describe, expect, it } from "vitest";
import { fieldsOf, readForm } from "../../../../src/api/signals/form-values.ts";
import { planForm } from "../../../../src/api/signals/form.ts";
import type { Json, JsonObject } from "../../../../src/domain/json.ts";

function objectOf(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: "object", properties, required };
}

function read(schema: JsonObject | null, sent: string): ReturnType<typeof readForm> {
  return readForm(planForm(schema), new URLSearchParams(sent));
}

const TAKEN: readonly (readonly [string, JsonObject, string, Json])[] = [
  ["a text", { type: "string" }, "x=a+b%26c", "a b&c"],
  ["a text of several lines", { type: "string" }, "x=a%0D%0Ab", "a\nb"],
  ["a text that looks like a number", { type: "string" }, "x=12", "12"],
  ["a number", { type: "number" }, "x=-12.5e1", -125],
  ["a whole number", { type: "integer" }, "x=+7+", 7],
  ["yes", { type: "boolean" }, "x=true", true],
  ["no", { type: "boolean" }, "x=false", false],
  ["a choice", { enum: ["a", "b"] }, "x=b", "b"],
  ["a choice of numbers", { enum: [1, 2.5] }, "x=2.5", 2.5],
  ["a choice with titles", { oneOf: [{ const: 1, title: "One" }, { const: 2 }] }, "x=2", 2],
  ["the only value", { const: { a: 1 } }, "x=%7B%22a%22%3A1%7D", { a: 1 }],
  ["a list as JSON", { type: "array" }, "x=%5B1%2C%22a%22%5D", [1, "a"]],
  ["anything as JSON", {}, "x=null", null],
  ["what has two types as JSON", { type: ["string", "number"] }, "x=7", 7],
  ["what may be null", { type: ["string", "null"] }, "x=a", "a"],
];

describe("what a form sends", () => {
  it.each(TAKEN)("becomes a value of its type: %s", (_, schema, sent, value) => {
    expect(read(objectOf({ x: schema }), sent)).toEqual({ ok: true, payload: { x: value } });
  });

  it("is left out where it is empty, and null where only that is a value", () => {
    const schema = objectOf({ a: { type: "string" }, b: { type: ["integer", "null"] }, c: { type: "boolean" } }, ["b"]);
    expect(read(schema, "a=&b=&c=")).toEqual({ ok: true, payload: { b: null } });
    expect(read(schema, "")).toEqual({ ok: true, payload: { b: null } });
  });

  it("is asked for again where it is needed", () => {
    const schema = objectOf({ approved: { type: "boolean" }, why: { type: "string" } }, ["approved", "why"]);
    expect(read(schema, "why=+")).toEqual({
      ok: false,
      issues: [
        { path: "/approved", message: "an answer is needed" },
        { path: "/why", message: "an answer is needed" },
      ],
    });
  });

  it.each([
    ["number", "x=1,5", "is no number"],
    ["number", "x=0x10", "is no number"],
    ["integer", "x=9007199254740993", "is no number that can be kept"],
    ["number", "x=1e999", "is no number that can be kept"],
    ["boolean", "x=on", "choose one of `true`, `false`"],
    ["string", "x=%00", "NUL"],
    ["array", "x=%5B1", "the text is no JSON"],
    ["array", "x=%5B%22%5Cu0000%22%5D", "NUL"],
    ["string", "x=a&x=b", "given twice"],
  ])("of the type %s is refused when it is %s", (type, sent, message) => {
    expect(read(objectOf({ x: { type } }), sent)).toEqual({
      ok: false,
      issues: [{ path: "/x", message: expect.stringContaining(message) }],
    });
  });

  it("is refused where no field is called so", () => {
    expect(read(objectOf({ approved: { type: "boolean" } }), "aproved=true")).toMatchObject({
      ok: false,
      issues: [{ path: "", message: expect.stringContaining("`aproved`") }],
    });
  });

  it("is told of at most 20 faults at once", () => {
    const sent = Array.from({ length: 5_000 }, (_, index) => `f${index}=1`).join("&");
    const result = read(objectOf({ x: { type: "string" } }), sent);
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? [] : result.issues).toHaveLength(20);
  });

  it.each(["__proto__", "constructor", "a/b", "a~b", "ä ö"])("can be a member called %s", (name) => {
    const properties: JsonObject = JSON.parse(`{${JSON.stringify(name)}: {"type": "integer"}}`);
    const [field] = fieldsOf(planForm(objectOf(properties)));
    const result = read(objectOf(properties), new URLSearchParams([[field?.name ?? "", "7"]]).toString());
    expect(JSON.stringify(result)).toBe(
      JSON.stringify({ ok: true, payload: JSON.parse(`{${JSON.stringify(name)}:7}`) }),
    );
  });
});

describe("an object in the payload", () => {
  const ADDRESS = objectOf({ street: { type: "string" }, zip: { type: "integer" } }, ["street"]);

  it("is made of its own fields", () => {
    expect(read(objectOf({ address: ADDRESS }), "address/street=Main&address/zip=10")).toEqual({
      ok: true,
      payload: { address: { street: "Main", zip: 10 } },
    });
  });

  it("is left out when nothing is said of it, and not when something is", () => {
    expect(read(objectOf({ address: ADDRESS }), "address/street=&address/zip=")).toEqual({ ok: true, payload: {} });
    expect(read(objectOf({ address: ADDRESS }), "address/zip=10")).toMatchObject({
      ok: false,
      issues: [{ path: "/address/street" }],
    });
  });

  it("is asked for when it is needed", () => {
    expect(read(objectOf({ address: ADDRESS }, ["address"]), "")).toMatchObject({
      ok: false,
      issues: [{ path: "/address/street" }],
    });
  });

  it("in another one is asked for as JSON", () => {
    const schema = objectOf({ outer: objectOf({ inner: ADDRESS }) });
    expect(fieldsOf(planForm(schema)).map(({ name, input }) => [name, input.kind])).toEqual([["outer/inner", "json"]]);
  });
});

describe("a payload that is no object of known members", () => {
  it.each<readonly [string, JsonObject]>([
    ["needs a member that is not described", objectOf({ a: { type: "string" } }, ["b"])],
    ["has no members", objectOf({})],
    ["is one of several", { oneOf: [objectOf({ a: {} }), objectOf({ b: {} })] }],
    ["is a list", { type: "array", items: { type: "string" } }],
    ["has a member without a name", objectOf({ "": { type: "string" } })],
    [
      "has more members than people fill in",
      objectOf(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, {}]))),
    ],
  ])("is asked for as JSON when it %s", (_, schema) => {
    expect(fieldsOf(planForm(schema)).map(({ name, input }) => [name, input.kind])).toEqual([["payload", "json"]]);
    expect(read(schema, "payload=%7B%22b%22%3A1%7D")).toEqual({ ok: true, payload: { b: 1 } });
  });

  it("is one field when it is one value", () => {
    expect(read({ type: "boolean" }, "payload=true")).toEqual({ ok: true, payload: true });
    expect(read({ type: "boolean" }, "")).toMatchObject({ ok: false, issues: [{ path: "" }] });
  });
});

describe("without a schema", () => {
  it("nothing is needed, and JSON is taken", () => {
    expect(read(null, "payload=")).toEqual({ ok: true, payload: null });
    expect(read(null, "payload=%5B1%5D")).toEqual({ ok: true, payload: [1] });
  });

  it("other fields make an object of texts", () => {
    expect(read(null, "decision=approve&tag=a&tag=b")).toEqual({
      ok: true,
      payload: { decision: "approve", tag: ["a", "b"] },
    });
    expect(read(null, "a=%00")).toMatchObject({ ok: false });
  });
});

describe("a field", () => {
  it.each<readonly [JsonObject, JsonObject]>([
    [
      { type: "string", format: "email" },
      { kind: "text", type: "email" },
    ],
    [
      { type: "string", format: "uri" },
      { kind: "text", type: "url" },
    ],
    [
      { type: "string", format: "date" },
      { kind: "text", type: "date" },
    ],
    [
      { type: "string", maxLength: 120 },
      { kind: "text", type: "text" },
    ],
    [{ type: "string", maxLength: 121 }, { kind: "area" }],
    [
      { type: "number", minimum: 0.5, maximum: 2 },
      { kind: "number", isInteger: false, min: 0.5, max: 2 },
    ],
    [
      { type: "number", exclusiveMinimum: 0 },
      { kind: "number", isInteger: false, min: null, max: null },
    ],
    [
      { type: "integer", minimum: 0.5, maximum: 9.5 },
      { kind: "number", isInteger: true, min: 1, max: 9 },
    ],
    [
      { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 },
      { kind: "number", isInteger: true, min: 1, max: 9 },
    ],
    // A form could not tell these apart, or from no answer.
    [{ enum: [1, "1"] }, { kind: "json" }],
    [
      { type: "string", enum: ["", "a"] },
      { kind: "text", type: "text" },
    ],
  ])("of %j asks by %j", (schema, input) => {
    expect(fieldsOf(planForm(objectOf({ x: schema })))).toMatchObject([{ input }]);
  });

  it("begins with its default", () => {
    const schema = objectOf({
      a: { type: "string", default: "x" },
      b: { type: "boolean", default: false },
      c: { type: "integer", default: 0 },
      d: { type: "array", default: [1] },
      e: { type: "string" },
    });
    expect(fieldsOf(planForm(schema)).map(({ initial }) => initial)).toEqual(["x", "false", "0", "[\n  1\n]", ""]);
  });

  it("is called by its title, else by its name", () => {
    const schema = objectOf({ a: { title: "Amount" }, "b/c": { title: " " } });
    expect(fieldsOf(planForm(schema)).map(({ label }) => label)).toEqual(["Amount", "b/c"]);
  });
});
