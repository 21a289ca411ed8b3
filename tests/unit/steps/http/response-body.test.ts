import { describe, expect, it } from "vitest";
import type { ResponseMode } from "../../../../src/steps/http/parameters.ts";
import { decodeBody, showResponse } from "../../../../src/steps/http/response-body.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One byte a character. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Two bytes a character, the lower first. */
function utf16(text: string): Uint8Array {
  return new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer);
}

const CAFE = latin1("caf\xe9");

describe("the type of a response", () => {
  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/Problem+JSON",
    "text/json",
    "application/x-amz-json-1.1",
    "application/dns-json",
    "application/x-json",
    "application/vnd.api+json;version=1",
    "application/vnd.example.v1.json",
    "application/json, application/json",
    "text/html, application/json",
    'text/plain;x="a,b;charset=nope", application/json',
    "application/json,",
    "application/json;charset=nope",
  ])("%s is JSON", (type) => {
    expect(decodeBody(bytes('{"a":["é"]}'), type, "auto")).toEqual({ ok: true, body: { a: ["é"] } });
  });

  it.each([
    "text/plain",
    "text/html; charset=utf-8",
    "application/xml",
    "image/svg+xml",
    "application/x-ndjson",
    "application/ndjson",
    "application/x-jsonlines",
    "application/jsonl",
    "application/json-seq",
    "application/geo+json-seq",
    "application/csv",
    "application/x-yaml",
    "application/vnd.example",
    "application/octet-stream",
    "application/json, text/plain",
    "text/csv, text/csv",
    "nonsense",
    "*/*",
    "",
    undefined,
  ])("%s is text when its bytes are", (type) => {
    expect(decodeBody(bytes('{"a":"é"}'), type, "auto")).toEqual({ ok: true, body: '{"a":"é"}' });
  });

  it.each(["image/png", "audio/ogg", "video/mp4", "font/woff2"])("%s is refused with a hint", (type) => {
    expect(decodeBody(bytes("GIF"), type, "auto")).toMatchObject({
      ok: false,
      code: "response_not_text",
      message: expect.stringContaining(type),
    });
  });

  it.each(["application/octet-stream", "application/pdf", "application/zip", undefined])(
    "%s is refused when its bytes are no text",
    (type) => {
      for (const body of [new Uint8Array([0x50, 0xff, 0xfe, 0x80]), new Uint8Array([1, 0, 2])]) {
        expect(decodeBody(body, type, "auto")).toMatchObject({
          ok: false,
          code: "response_not_text",
          message: expect.stringContaining("neither JSON nor text"),
        });
      }
    },
  );
});

describe("the charset of a response", () => {
  it.each<readonly [string, Uint8Array, string, string]>([
    ["the header's", CAFE, "text/csv; charset=ISO-8859-1", "café"],
    ["the header's in quotes", CAFE, 'text/csv;Charset="iso-8859-1"', "café"],
    ["the header's in single quotes", CAFE, "text/csv; charset='latin1'; header=present", "café"],
    ["the first that is given", CAFE, "text/csv; charset=latin1; charset=utf-8", "café"],
    ["inherited by an equal type", CAFE, "text/csv;charset=latin1, text/csv", "café"],
    ["of other bytes than Latin-1", latin1("\x80\xa4"), "text/plain; charset=windows-1252", "€¤"],
    ["Japanese", latin1("\x93\xfa\x96\x7b"), "text/plain; charset=Shift_JIS", "日本"],
    ["Chinese", latin1("\xc4\xe3"), "text/plain; charset=gbk", "你"],
    ["Cyrillic", latin1("\xf0\xd2"), "text/plain; charset=koi8-r", "Пр"],
    ["UTF-16 by its header", utf16("é"), "text/plain; charset=utf-16le", "é"],
    ["UTF-16 by its mark", utf16("\uFEFFé"), "text/plain", "é"],
    ["UTF-8 by its mark, whatever the header says", bytes("\uFEFFé"), "text/plain; charset=latin1", "é"],
    ["UTF-8 when nothing is said", bytes("é"), "text/plain", "é"],
    ["of a type that is text only by its charset", CAFE, "application/x-report; charset=latin1", "café"],
  ])("is %s", (_, body, type, expected) => {
    expect(decodeBody(body, type, "auto")).toEqual({ ok: true, body: expected });
    expect(decodeBody(body, type, "text")).toEqual({ ok: true, body: expected });
  });

  it.each([
    ["application/xml", '<?xml version="1.0" encoding="ISO-8859-1"?><a>café</a>'],
    ["application/atom+xml", "<?xml version='1.0' encoding='latin1' ?><a>café</a>"],
    ["text/html", '<!doctype html><head><meta charset="iso-8859-1"><p>café'],
    ["text/html", '<META http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>café'],
  ])("is the one that a document of %s declares, when no header says it", (type, text) => {
    expect(decodeBody(latin1(text), type, "auto")).toEqual({ ok: true, body: text });
    expect(decodeBody(bytes(text), `${type}; charset=utf-8`, "auto")).toEqual({ ok: true, body: text });
  });

  it("is no UTF-16 where ASCII says so", () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><a>é</a>';
    expect(decodeBody(bytes(text), "text/xml", "auto")).toEqual({ ok: true, body: text });
  });

  it.each([
    ["an unknown charset", bytes("a"), "text/csv; charset=x-nope", /charset `x-nope`.*not known/],
    ["bytes that its charset has not", CAFE, "text/csv; charset=utf-8", /`utf-8`, but has bytes/],
    ["bytes that no charset explains", CAFE, "text/csv", /names no charset, and its bytes are no UTF-8/],
    ["half of a character", utf16("é").subarray(0, 1), "text/csv; charset=utf-16le", /bytes that are not/],
  ])("is told with its reason when there is %s", (_, body, type, message) => {
    expect(decodeBody(body, type, "auto")).toMatchObject({
      ok: false,
      code: "response_not_text",
      message: expect.stringMatching(message),
    });
  });

  it.each<readonly [Uint8Array, string, string]>([
    [CAFE, "text/csv", "caf\uFFFD"],
    [bytes("é"), "text/csv; charset=x-nope", "é"],
    [new Uint8Array([0x61, 0xff, 0x62]), "application/octet-stream", "a\uFFFDb"],
  ])("never keeps a step from text when it wants text whatever it is", (body, type, expected) => {
    expect(decodeBody(body, type, "text")).toEqual({ ok: true, body: expected });
  });

  it.each<readonly [string, Uint8Array, string]>([
    ["Latin-1, as its header says", latin1('"caf\xe9"'), "application/json; charset=ISO-8859-1"],
    ["UTF-8, whatever its header says", bytes('"café"'), "application/json; charset=ISO-8859-1"],
    ["UTF-16 by its header", utf16('"café"'), "application/json; charset=utf-16le"],
    ["UTF-16 by its mark", utf16('\uFEFF"café"'), "application/json"],
    ["UTF-8 by its mark", bytes('\uFEFF"café"'), "application/json"],
  ])("of JSON is %s", (_, body, type) => {
    expect(decodeBody(body, type, "auto")).toEqual({ ok: true, body: "café" });
  });

  it.each([
    ["application/json", /is no UTF-8/],
    ["application/json; charset=utf-8", /no UTF-8.*`utf-8`/],
    ["application/json; charset=x-nope", /no UTF-8.*`x-nope`/],
  ])("of %s is told when nothing decodes it", (type, message) => {
    expect(decodeBody(latin1('"caf\xe9"'), type, "auto")).toMatchObject({
      ok: false,
      code: "response_not_json",
      message: expect.stringMatching(message),
    });
  });
});

describe("a response of JSON", () => {
  it.each<[ResponseMode, string | null]>([
    ["auto", null],
    ["json", null],
    ["text", ""],
  ])("that is empty in mode %s is %j", (mode, expected) => {
    expect(decodeBody(bytes(""), "application/json", mode)).toEqual({ ok: true, body: expected });
  });

  it.each([" ", "\r\n", "\uFEFF\n", "\t \n "])("that is blank (%j) is null", (text) => {
    expect(decodeBody(bytes(text), "application/json", "auto")).toEqual({ ok: true, body: null });
    expect(decodeBody(bytes(text), "text/plain", "json")).toEqual({ ok: true, body: null });
  });

  it("is read whatever its type when the step says so", () => {
    expect(decodeBody(bytes("\uFEFF[1]"), "text/plain", "json")).toEqual({ ok: true, body: [1] });
  });

  it("keeps numbers that no double holds, as text", () => {
    expect(decodeBody(bytes('{"id":9007199254740993,"v":1e400}'), "application/json", "auto")).toEqual({
      ok: true,
      body: { id: "9007199254740993", v: "1e400" },
    });
  });

  it.each<ResponseMode>(["auto", "json"])("says so when it is broken in mode %s", (mode) => {
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
  ])("of %i levels is taken: %s", (levels, isAccepted) => {
    const decoded = decodeBody(bytes("[".repeat(levels) + "]".repeat(levels)), "application/json", "auto");
    expect(decoded).toMatchObject(isAccepted ? { ok: true } : { ok: false, code: "response_too_deep" });
  });
});

describe("what an error shows of a response", () => {
  it.each([
    ["Latin-1 as its header says", CAFE, "text/plain; charset=latin1", "café"],
    ["U+FFFD for what cannot be decoded", CAFE, "text/plain", "caf\uFFFD"],
    ["JSON cut within a character", bytes('{"a":"é').subarray(0, 7), "application/json", '{"a":"\uFFFD'],
    ["text without a type", bytes("no"), undefined, "no"],
    ["nothing of an image", bytes("GIF89a"), "image/gif", ""],
    ["nothing of bytes", new Uint8Array([1, 0, 255]), "application/octet-stream", ""],
  ])("is %s", (_, body, type, expected) => {
    expect(showResponse(body, type)).toBe(expected);
  });
});
