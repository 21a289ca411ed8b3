import { describe, expect, it } from "vitest";
import type { ResponseMode } from "../../../src/steps/http-params.ts";
import { decodeBody } from "../../../src/steps/response-body.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("decodeBody", () => {
  it.each(["application/json", "application/json; charset=utf-8", "APPLICATION/Problem+JSON", "text/json"])(
    "reads %s as JSON",
    (type) => {
      expect(decodeBody(bytes('{"a":[1]}'), type, "auto")).toEqual({ ok: true, body: { a: [1] } });
    },
  );

  it.each([
    "text/plain",
    "text/html; charset=utf-8",
    "application/xml",
    "image/svg+xml",
    "application/x-ndjson",
    undefined,
  ])("reads %s as text", (type) => {
    expect(decodeBody(bytes('{"a":1}'), type, "auto")).toEqual({ ok: true, body: '{"a":1}' });
  });

  it.each<[ResponseMode, string | null]>([
    ["auto", null],
    ["json", null],
    ["text", ""],
  ])("gives an empty body in mode %s as %j", (mode, expected) => {
    expect(decodeBody(bytes(""), "application/json", mode)).toEqual({ ok: true, body: expected });
  });

  it("reads JSON whatever its type when told to", () => {
    expect(decodeBody(bytes("\uFEFF[1]"), "text/plain", "json")).toEqual({ ok: true, body: [1] });
  });

  it("reads anything as text when told to, with replacement characters", () => {
    const binary = new Uint8Array([0x61, 0xff, 0x62]);
    expect(decodeBody(binary, "application/octet-stream", "text")).toEqual({ ok: true, body: "a\uFFFDb" });
  });

  it.each(["image/png", "application/octet-stream", "application/pdf"])("refuses %s with a hint", (type) => {
    expect(decodeBody(bytes("%PDF"), type, "auto")).toMatchObject({
      ok: false,
      code: "response_not_text",
      message: expect.stringContaining(type),
    });
  });

  it("refuses an untyped body with NUL bytes", () => {
    expect(decodeBody(new Uint8Array([1, 0, 2]), undefined, "auto")).toMatchObject({ code: "response_not_text" });
  });

  it.each<ResponseMode>(["auto", "json"])("says so when JSON is broken in mode %s", (mode) => {
    expect(decodeBody(bytes("{"), "application/json", mode)).toMatchObject({
      ok: false,
      code: "response_not_json",
      message: expect.stringContaining("response: text"),
    });
  });

  it.each([
    [64, true],
    [65, false],
    [400_000, false],
  ])("accepts JSON of %i levels: %s", (levels, isAccepted) => {
    const decoded = decodeBody(bytes("[".repeat(levels) + "]".repeat(levels)), "application/json", "auto");
    expect(decoded).toMatchObject(isAccepted ? { ok: true } : { ok: false, code: "response_too_deep" });
  });
});
