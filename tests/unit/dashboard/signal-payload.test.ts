import { describe, expect, it } from "vitest";
import { writePayload, type PayloadText } from "../../../dashboard/model/signal-payload.ts";
import { readForm } from "../../../src/api/signals/form-values.ts";
import { planForm } from "../../../src/api/signals/form.ts";
import type { JsonObject } from "../../../src/domain/json.ts";

function write(schema: JsonObject | null, answers: Readonly<Record<string, string>>): PayloadText {
  const sent = new Map(Object.entries(answers));
  return writePayload(planForm(schema), (name) => sent.get(name) ?? "");
}

const ORDER: JsonObject = {
  type: "object",
  required: ["approved", "note", "maybe"],
  properties: {
    approved: { type: "boolean" },
    note: { type: "string" },
    maybe: { type: ["string", "null"] },
    amount: { type: "number" },
    size: { enum: [1, 2.5, "big"] },
    lines: { type: "array" },
    "a/b~c": { type: "string" },
    __proto__x: { type: "string" },
    address: {
      type: "object",
      required: ["street"],
      properties: { street: { type: "string" }, zip: { type: "integer" } },
    },
  },
};

describe("the payload of a signal", () => {
  it.each<[string, JsonObject | null, Record<string, string>]>([
    ["nothing but what is needed", ORDER, { approved: "true", note: "x", maybe: "" }],
    [
      "everything",
      ORDER,
      { approved: "false", note: " x ", amount: "-12.5e1", size: "2.5", lines: '[1, {"a": null}]' },
    ],
    ["a choice that is text", ORDER, { approved: "true", note: "true", size: "big" }],
    ["names that a pointer escapes", ORDER, { approved: "true", note: '"', "a~1b~0c": "1" }],
    ["a group that is begun", ORDER, { approved: "true", note: "x", "address/street": "Elm", "address/zip": "10115" }],
    ["a value that is no object", { type: "integer" }, { payload: " 7 " }],
    ["any JSON", null, { payload: '{"a": [1]}' }],
    ["nothing at all", null, {}],
  ])("is what the page behind a link makes of the same answers: %s", (_, schema, answers) => {
    const written = write(schema, answers);
    const read = readForm(planForm(schema), new URLSearchParams(answers));
    expect(read.ok && written.ok ? JSON.parse(written.text) : null).toEqual(read.ok ? read.payload : "an issue");
  });

  it("has numbers digit by digit as they were typed, for the API to say which cannot be kept", () => {
    const answers = { amount: "12345678901234567890", lines: "[12345678901234567890]" };
    expect(write(ORDER, answers)).toMatchObject({
      text: expect.stringContaining('"amount":12345678901234567890,"lines":[12345678901234567890]'),
    });
  });

  it("takes numbers that browsers take and JSON does not", () => {
    expect(write({ type: "number" }, { payload: ".5" })).toEqual({ ok: true, text: "0.5" });
    expect(write({ type: "number" }, { payload: "007" })).toEqual({ ok: true, text: "7" });
  });

  it("is none as long as something is no JSON that should be, wherever it is", () => {
    const message = "is no JSON; a text needs quotes around it";
    expect(write(ORDER, { lines: "1, 2" })).toEqual({ ok: false, issues: [{ path: "/lines", message }] });
    expect(write(null, { payload: "hello" })).toEqual({ ok: false, issues: [{ path: "", message }] });
  });
});
