import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import { RESPONSE_BYTES_MAX } from "../../../../src/steps/http/limits.ts";
import { startServer } from "../local-server.ts";
import { runHttp } from "./run-http.ts";

describe("the response to an http step", () => {
  it("becomes status, headers and body", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(201, { "Content-Type": "application/json", "X-Page": "2" }).end('{"id":7}');
    });
    const outcome = await runHttp({ url: server.origin, method: "POST" });
    expect(outcome).toMatchObject({
      kind: "completed",
      output: { status: 201, headers: { "content-type": "application/json", "x-page": "2" }, body: { id: 7 } },
    });
  });

  it("has a null body for 204 and for HEAD", async () => {
    const server = await startServer((request, response) => {
      response.writeHead(request.method === "HEAD" ? 200 : 204, { "content-type": "application/json" }).end();
    });
    const outcomes = await Promise.all(["DELETE", "HEAD"].map((method) => runHttp({ url: server.origin, method })));
    expect(outcomes).toMatchObject([{ output: { status: 204, body: null } }, { output: { status: 200, body: null } }]);
  });

  it("keeps neither cookies nor the headers of the connection", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { "set-cookie": "session=s3cret", "keep-alive": "timeout=5", etag: "e1" }).end("ok");
    });
    const outcome = await runHttp({ url: server.origin });
    expect(outcome).toMatchObject({ output: { headers: { etag: "e1" } } });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|keep-alive|transfer-encoding|"connection"/);
  });

  it("keeps as many headers as the limit allows", async () => {
    const server = await startServer((_, response) => {
      const headers = Object.fromEntries(Array.from({ length: 200 }, (_unused, index) => [`x-h${index}`, "v"]));
      response.writeHead(200, headers).end();
    });
    const outcome = await runHttp({ url: server.origin });
    expect(outcome).toMatchObject({ output: { headers: { "x-h0": "v" } } });
    expect(outcome).not.toHaveProperty("output.headers.x-h99");
  });

  it.each<[string, number, Json]>([
    ["204 by default", 204, "2xx"],
    ["an expected number", 404, [200, 404]],
    ["an expected class", 422, "4xx"],
    ["an expected server error", 503, [503]],
    ["an expected redirect, which is not followed", 302, "3xx"],
  ])("completes the step with %s", async (_, status, expected) => {
    const server = await startServer((_request, response) => response.writeHead(status, { location: "/next" }).end());
    const outcome = await runHttp({ url: server.origin, expect: expected });
    expect(outcome).toMatchObject({ kind: "completed", output: { status } });
    expect(server.received).toHaveLength(1);
  });

  it.each([408, 425, 429, 500, 501, 502, 503, 504, 599])("fails for now with %i", async (status) => {
    const server = await startServer((_, response) => response.writeHead(status).end());
    const outcome = await runHttp({ url: `${server.origin}/a?token=s3cret`, method: "PUT" });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "http_status", http: { status, url: `${server.origin}/a`, method: "PUT" } },
      retryable: true,
      retryAfterMs: null,
    });
  });

  it.each([300, 304, 400, 401, 403, 404, 409, 410, 422, 451])("fails for good with %i", async (status) => {
    const server = await startServer((_, response) => response.writeHead(status, { "retry-after": "5" }).end());
    const outcome = await runHttp({ url: server.origin });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "http_status", http: { status } },
      retryable: false,
      retryAfterMs: null,
    });
  });

  it("fails with a success that is not the expected one", async () => {
    const server = await startServer((_, response) => response.writeHead(200).end());
    const outcome = await runHttp({ url: server.origin, expect: 201 });
    expect(outcome).toMatchObject({ error: { code: "http_status", message: expect.stringContaining("expects 201") } });
  });

  it("quotes what the API says about its error, on one line and cut", async () => {
    const server = await startServer((_, response) => {
      response
        .writeHead(422, { "content-type": "application/json" })
        .end(`{"error":\n  "no such sku${"!".repeat(500)}"}`);
    });
    const outcome = await runHttp({ url: server.origin });
    const message = outcome.kind === "failed" ? outcome.error.message : "";
    expect(message).toContain('answered 422, the step expects 2xx: {"error": "no such sku!!!');
    expect(message.length).toBeLessThan(350);
  });

  it.each([
    ["seconds", "7", 7_000],
    ["an HTTP date", "Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
    ["nonsense", "soon", null],
  ])("passes on a Retry-After in %s", async (_, header, retryAfterMs) => {
    const server = await startServer((_request, response) => response.writeHead(429, { "retry-after": header }).end());
    expect(await runHttp({ url: server.origin })).toMatchObject({ retryable: true, retryAfterMs });
  });

  it("fails for good when JSON is broken", async () => {
    const server = await startServer((_, response) => response.writeHead(200).end("<html>"));
    const outcome = await runHttp({ url: server.origin, response: "json" });
    expect(outcome).toMatchObject({ error: { code: "response_not_json", http: { status: 200 } }, retryable: false });
  });

  it("is read up to the limit and no further", async () => {
    const server = await startServer((_, response) => {
      const chunk = "x".repeat(65_536);
      const send = (): void => {
        while (!response.destroyed && response.write(chunk)) {
          // Written until the buffer is full; goes on at "drain", for ever.
        }
      };
      response.on("drain", send);
      send();
    });
    const outcome = await runHttp({ url: server.origin });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "response_too_large", message: expect.stringContaining(String(RESPONSE_BYTES_MAX)) },
      retryable: false,
    });
  });

  it("may be exactly as large as the limit, less what makes it an output", async () => {
    const body = "x".repeat(RESPONSE_BYTES_MAX - 1_000);
    const server = await startServer((_, response) => response.end(body));
    expect(await runHttp({ url: server.origin })).toMatchObject({ kind: "completed", output: { body } });
  });

  it("with an unexpected status is judged by it, however large", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(503, { "content-type": "text/plain" }).end("x".repeat(RESPONSE_BYTES_MAX + 1));
    });
    expect(await runHttp({ url: server.origin })).toMatchObject({ error: { code: "http_status" }, retryable: true });
  });
});
