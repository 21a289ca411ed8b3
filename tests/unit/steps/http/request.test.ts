import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { REQUEST_BYTES_MAX } from "../../../../src/steps/http/limits.ts";
import { startServer } from "../local-server.ts";
import { IDEMPOTENCY_KEY, runHttp } from "./run-http.ts";

describe("the request of an http step", () => {
  it("is a GET that carries the idempotency key and names Baton", async () => {
    const server = await startServer((_, response) => response.end());
    await runHttp({ url: `${server.origin}/items`, query: { q: "a b" } });
    expect(server.received).toMatchObject([
      {
        method: "GET",
        path: "/items?q=a+b",
        headers: { "idempotency-key": IDEMPOTENCY_KEY, "user-agent": "baton" },
        body: "",
      },
    ]);
    expect(server.received[0]?.headers).not.toHaveProperty("content-type");
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])("sends the body of a %s", async (method) => {
    const server = await startServer((_, response) => response.end());
    await runHttp({ url: server.origin, method, body: { a: [1, null] } });
    expect(server.received).toMatchObject([
      { method, headers: { "content-type": "application/json" }, body: '{"a":[1,null]}' },
    ]);
  });

  const form = "application/x-www-form-urlencoded";

  it.each<[string, JsonObject, string, string]>([
    ["text as it is", { body: "hello" }, "text/plain;charset=UTF-8", "hello"],
    ["a list as JSON", { body: [1, "é"] }, "application/json", '[1,"é"]'],
    ["a number as JSON", { body: 0 }, "application/json", "0"],
    ["an object under its own type", { body: {}, headers: { "Content-Type": "a/b+json" } }, "a/b+json", "{}"],
    ["a form", { body: { a: "x y", b: 2, c: null }, headers: { "content-type": form } }, form, "a=x+y&b=2"],
  ])("sends %s", async (_, parts, contentType, body) => {
    const server = await startServer((_request, response) => response.end());
    await runHttp({ url: server.origin, method: "POST", ...parts });
    expect(server.received).toMatchObject([{ headers: { "content-type": contentType }, body }]);
  });

  it("carries the headers of the recipe, also its own user agent", async () => {
    const server = await startServer((_, response) => response.end());
    await runHttp({ url: server.origin, headers: { "X-Page": 2, "User-Agent": "mine", "X-None": null } });
    expect(server.received[0]?.headers).toMatchObject({ "x-page": "2", "user-agent": "mine" });
    expect(server.received[0]?.headers).not.toHaveProperty("x-none");
  });

  it.each<[string, JsonObject, string]>([
    ["a nested form", { body: { a: {} }, headers: { "content-type": form } }, "http_params"],
    ["an idempotency key of one's own", { headers: { "idempotency-key": "mine" } }, "http_params"],
    ["a body over the limit", { body: "é".repeat(REQUEST_BYTES_MAX / 2 + 1) }, "request_too_large"],
  ])("is not sent with %s, and not tried again", async (_, parts, code) => {
    const server = await startServer((_request, response) => response.end());
    const outcome = await runHttp({ url: server.origin, method: "POST", ...parts });
    expect(outcome).toMatchObject({ kind: "failed", error: { code }, retryable: false });
    expect(server.received).toEqual([]);
  });

  it("is recorded without credentials", async () => {
    const server = await startServer((_, response) => response.end());
    const headers = {
      Authorization: "Bearer s3cret",
      cookie: "s3cret",
      "Proxy-Authorization": "s3cret",
      "X-Api-Key": "s3cret",
      accept: "*/*",
    };
    const outcome = await runHttp({ url: server.origin, headers });
    const hidden = {
      Authorization: "***",
      cookie: "***",
      "Proxy-Authorization": "***",
      "X-Api-Key": "***",
      accept: "*/*",
    };
    expect(outcome).toMatchObject({ kind: "completed", input: { url: server.origin, headers: hidden } });
    expect(server.received[0]?.headers).toMatchObject({ authorization: "Bearer s3cret" });
  });

  it("is recorded without the password of a URL, which is refused", async () => {
    const outcome = await runHttp({ url: "https://ann:s3cret@api.example.com/a?b=c@d" });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "address_refused", http: { url: "https://api.example.com/a", method: "GET", status: null } },
      retryable: false,
      input: { url: "https://***@api.example.com/a?b=c@d" },
    });
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
  });

  it("is recorded with a note in place of a large body", async () => {
    const server = await startServer((_, response) => response.end());
    const outcome = await runHttp({ url: server.origin, method: "POST", body: "x".repeat(70_000) });
    expect(outcome).toMatchObject({ input: { body: "(70002 bytes of JSON, too large to be recorded)" } });
  });
});
