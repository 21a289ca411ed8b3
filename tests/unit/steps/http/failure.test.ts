import { describe, expect, it } from "vitest";
import { startServer } from "../local-server.ts";
import { runHttp } from "./run-http.ts";

describe("an http step whose call gets no answer", () => {
  it("times out when the server says nothing, and may be tried again", async () => {
    const server = await startServer(() => undefined);
    const outcome = await runHttp({ url: `${server.origin}/slow` }, { timeoutMs: 40 });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: {
        code: "timeout",
        message: expect.stringContaining("within 40 ms"),
        http: { status: null, url: `${server.origin}/slow`, method: "GET" },
      },
      retryable: true,
      retryAfterMs: null,
      input: { url: `${server.origin}/slow` },
    });
  });

  it("times out when the body comes too slowly: half a body is none", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("half");
    });
    const outcome = await runHttp({ url: server.origin }, { timeoutMs: 60 });
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "timeout" }, retryable: true });
  });

  it("times out when redirects add up", async () => {
    const server = await startServer((request, response) => {
      if (request.url === "/start") {
        response.writeHead(302, { location: "/silent" }).end();
      }
    });
    const outcome = await runHttp({ url: `${server.origin}/start` }, { timeoutMs: 60 });
    expect(outcome).toMatchObject({ error: { code: "timeout" } });
    expect(server.received.map(({ path }) => path)).toEqual(["/start", "/silent"]);
  });

  it("may be tried again when the connection is reset", async () => {
    const server = await startServer((request) => request.socket.resetAndDestroy());
    const outcome = await runHttp({ url: server.origin });
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "network_error" }, retryable: true });
  });

  it("may be tried again when the connection is reset in the middle of the body", async () => {
    const server = await startServer((request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => request.socket.resetAndDestroy());
    });
    const outcome = await runHttp({ url: server.origin });
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "network_error" }, retryable: true });
  });

  it("may be tried again when nobody listens, and says so", async () => {
    const server = await startServer((_, response) => response.end());
    const { port } = new URL(server.origin);
    const outcome = await runHttp({ url: `http://127.0.0.2:${port}/a?token=s3cret` });
    expect(outcome).toMatchObject({
      error: { code: "network_error", message: expect.stringContaining("ECONNREFUSED"), http: { status: null } },
      retryable: true,
    });
    expect(outcome.kind === "failed" && outcome.error.message).not.toContain("s3cret");
  });

  it("is refused before anything is sent when the address is private", async () => {
    const server = await startServer((_, response) => response.end());
    const outcome = await runHttp({ url: server.origin }, { allowPrivateAddresses: false });
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "address_refused" }, retryable: false });
    expect(server.received).toEqual([]);
  });
});
