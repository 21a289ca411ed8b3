import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import { parseHttpParams } from "../../../../src/steps/http/parameters.ts";

const url = "https://api.example.com/items";

describe("parseHttpParams", () => {
  it("fills in every default", () => {
    expect(parseHttpParams({ url })).toEqual({
      ok: true,
      params: { method: "GET", url, headers: {}, body: null, expect: ["2xx"], response: "auto" },
    });
  });

  it.each<[Json, string]>([
    [{ q: "a b&c", page: 2, all: true }, `${url}?q=a+b%26c&page=2&all=true`],
    [{ tag: ["a", null, "b"], none: null }, `${url}?tag=a&tag=b`],
    [{}, url],
  ])("encodes the query %j and leaves out what is missing", (query, expected) => {
    expect(parseHttpParams({ url, query })).toMatchObject({ ok: true, params: { url: expected } });
  });

  it("adds the query to one that the URL has, which stays as written", () => {
    const parsed = parseHttpParams({ url: `${url}?sig=a%20b#top`, query: { page: 2 } });
    expect(parsed).toMatchObject({ ok: true, params: { url: `${url}?sig=a%20b&page=2#top` } });
  });

  it.each<[Json, readonly string[]]>([
    [404, ["404"]],
    ["2XX", ["2xx"]],
    [
      [200, "204", "3xx"],
      ["200", "204", "3xx"],
    ],
  ])("reads expect %j", (expected, statuses) => {
    expect(parseHttpParams({ url, expect: expected })).toMatchObject({ ok: true, params: { expect: statuses } });
  });

  it("writes header names in lower case and values as text, and leaves out what is missing", () => {
    const parsed = parseHttpParams({ url, headers: { Accept: "text/plain", "X-Page": 2, "X-None": null } });
    expect(parsed).toMatchObject({ ok: true, params: { headers: { accept: "text/plain", "x-page": "2" } } });
  });

  it.each<[string, Json, string]>([
    ["text instead of parameters", "https://api.example.com", "`with` must be an object"],
    ["no url", {}, "`url` is missing"],
    ["a relative url", { url: "/items" }, "no absolute http or https address"],
    ["another scheme", { url: "ftp://api.example.com/" }, "no absolute http or https address"],
    ["an overlong url", { url: `${url}?${"x".repeat(8_192)}` }, "more than the 8192 allowed"],
    ["an unknown parameter", { url, boddy: 1 }, "unknown parameter `boddy`"],
    ["an unknown method", { url, method: "TRACE" }, '`method` is "TRACE": use one of GET, POST'],
    ["a method that is no text", { url, method: 1 }, "`method` is 1"],
    ["an unknown response mode", { url, response: "xml" }, "use one of auto, json, text"],
    ["a body on GET", { url, body: {} }, "a GET request carries no `body`"],
    ["a body on HEAD", { url, method: "HEAD", body: "x" }, "a HEAD request carries no `body`"],
    ["a query that is text", { url, query: "a=b" }, "`query` must be an object"],
    ["a nested query", { url, query: { filter: { a: 1 } } }, "query `filter` must be text"],
    ["an empty expect", { url, expect: [] }, "`expect` is []"],
    ["a status out of range", { url, expect: 600 }, "`expect` is 600"],
    ["a null expect", { url, expect: null }, "`expect` is null"],
    ["headers that are a list", { url, headers: [] }, "`headers` must be an object"],
    ["a line feed in a header", { url, headers: { a: "b\nhost: evil" } }, "header `a` holds a character"],
    ["a carriage return in a header", { url, headers: { a: "b\rc" } }, "header `a` holds a character"],
    ["a character beyond Latin-1", { url, headers: { a: "日" } }, "header `a` holds a character"],
    ["a header name with a space", { url, headers: { "a b": "c" } }, '"a b" is no header name'],
    ["an empty header name", { url, headers: { "": "c" } }, '"" is no header name'],
    ["a header that is an object", { url, headers: { a: {} } }, "header `a` must be text, not a list or an object"],
    ["a header given twice", { url, headers: { Accept: "a", accept: "b" } }, "header `accept` is given twice"],
    ["an idempotency key of one's own", { url, headers: { "Idempotency-Key": "x" } }, "is sent by Baton"],
    ["a header of the runtime", { url, headers: { "Content-Length": "5" } }, "is set by the runtime"],
    ["too large headers", { url, headers: { a: "x".repeat(16_384) } }, "16384 bytes"],
    [
      "too many headers",
      { url, headers: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`h${index}`, "x"])) },
      "64 entries",
    ],
  ])("refuses %s and names the fix", (_, resolved, problem) => {
    expect(parseHttpParams(resolved)).toEqual({ ok: false, problems: [expect.stringContaining(problem)] });
  });

  it("reports all problems at once", () => {
    const parsed = parseHttpParams({ method: "FETCH", query: 1, headers: 2, expect: "ok", response: 3, extra: 4 });
    expect(parsed).toMatchObject({ ok: false, problems: { length: 7 } });
  });
});
