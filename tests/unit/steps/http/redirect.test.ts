import { describe, expect, it } from "vitest";
import { createHttpCall } from "../../../../src/adapters/http/fetch-call.ts";
import { findRedirect } from "../../../../src/adapters/http/redirect.ts";
import type { Hop } from "../../../../src/adapters/http/redirect.ts";
import { startServer } from "../local-server.ts";
import type { LocalServer } from "../local-server.ts";
import { IDEMPOTENCY_KEY, runHttp } from "./run-http.ts";

const HEADERS = { authorization: "Bearer s3cret", cookie: "s3cret", "x-token": "s3cret", accept: "text/plain" };

function startRedirecting(status: number, location: string): Promise<LocalServer> {
  return startServer((request, response) => {
    if (request.url === "/start") {
      response.writeHead(status, { location }).end("moved");
    } else {
      response.end("arrived");
    }
  });
}

function createHop(url: string): Hop {
  return { method: "GET", url: new URL(url), headers: {}, body: null };
}

describe("a redirected http step", () => {
  it.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [301, "PUT", "PUT", "{}"],
    [302, "DELETE", "DELETE", "{}"],
    [307, "POST", "POST", "{}"],
    [308, "PATCH", "PATCH", "{}"],
  ])("goes on after %i from %s as %s", async (status, method, nextMethod, nextBody) => {
    const server = await startRedirecting(status, "/end");
    const outcome = await runHttp({ url: `${server.origin}/start`, method, body: {}, headers: HEADERS });
    expect(outcome).toMatchObject({ kind: "completed", output: { status: 200, body: "arrived" } });
    const contentType = nextBody === "" ? undefined : "application/json";
    expect(server.received[1]).toMatchObject({ method: nextMethod, path: "/end", body: nextBody });
    expect(server.received[1]?.headers["content-type"]).toBe(contentType);
    expect(server.received[1]?.headers).toMatchObject({ ...HEADERS, "idempotency-key": IDEMPOTENCY_KEY });
  });

  it("stays a HEAD after 303", async () => {
    const server = await startRedirecting(303, "/end");
    await runHttp({ url: `${server.origin}/start`, method: "HEAD" });
    expect(server.received.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
  });

  it("shows another origin no credentials, under whatever name, but the idempotency key", async () => {
    const other = await startServer((_, response) => response.end("arrived"));
    const server = await startRedirecting(307, `${other.origin}/end`);
    await runHttp({ url: `${server.origin}/start`, method: "POST", body: "hi", headers: HEADERS });
    expect(other.received).toMatchObject([
      { method: "POST", body: "hi", headers: { accept: "text/plain", "idempotency-key": IDEMPOTENCY_KEY } },
    ]);
    expect(JSON.stringify(other.received)).not.toContain("s3cret");
  });

  it.each([
    [5, "completed"],
    [6, "failed"],
  ])("follows a chain of %i: %s", async (length, kind) => {
    const server = await startServer((request, response) => {
      const count = Number(request.url?.slice(1));
      response.writeHead(count === 0 ? 200 : 302, { location: `/${count - 1}` }).end();
    });
    expect(await runHttp({ url: `${server.origin}/${length}` })).toMatchObject({ kind });
    expect(server.received).toHaveLength(6);
  });

  it("ends a loop for good and says where", async () => {
    const server = await startRedirecting(302, "/start");
    expect(await runHttp({ url: `${server.origin}/start` })).toMatchObject({
      error: { code: "redirect_refused", message: expect.stringContaining("more than 5 redirects") },
      retryable: false,
    });
  });

  it.each(["http://", "http://[::1"])("is not followed to %j", async (location) => {
    const server = await startRedirecting(302, location);
    const outcome = await runHttp({ url: `${server.origin}/start` });
    expect(outcome).toMatchObject({ error: { code: "redirect_refused" }, retryable: false });
  });

  it.each(["ftp://127.0.0.1/", "http://user:secret@127.0.0.1/"])("is not followed to %s", async (location) => {
    const server = await startRedirecting(302, location);
    const outcome = await runHttp({ url: `${server.origin}/start` });
    expect(outcome).toMatchObject({
      error: { code: "address_refused", message: expect.stringContaining("redirected") },
    });
  });

  it("is not led from a public to a private address", async () => {
    const sent: string[] = [];
    const callHttp = createHttpCall({
      allowPrivateAddresses: false,
      send: ({ url }) => {
        sent.push(url);
        return Promise.resolve({
          kind: "received",
          status: 302,
          headers: [["location", "http://169.254.169.254/latest"]],
          body: new Uint8Array(),
          truncated: false,
          codings: [],
        });
      },
    });
    const request = {
      method: "GET",
      url: "http://api.example.com/",
      headers: {},
      body: null,
      redirectsMax: 5,
      responseBytesMax: 10,
    } as const;
    expect(await callHttp(request, new AbortController().signal)).toMatchObject({
      kind: "refused",
      code: "address_refused",
    });
    expect(sent).toEqual(["http://api.example.com/"]);
  });

  it("without a location is an answer like any other", async () => {
    const server = await startServer((_, response) => response.writeHead(302).end());
    expect(await runHttp({ url: server.origin })).toMatchObject({ error: { code: "http_status" }, retryable: false });
  });
});

describe("findRedirect", () => {
  it("refuses to go from https to http", () => {
    const redirect = findRedirect(createHop("https://api.example.com/"), 302, "http://api.example.com/");
    expect(redirect).toMatchObject({ kind: "refused", reason: expect.stringContaining("from https to http") });
  });

  it("goes from http to https, which is another origin", () => {
    const hop: Hop = { ...createHop("http://api.example.com/"), headers: { authorization: "s3cret" } };
    const redirect = findRedirect(hop, 308, "https://api.example.com/");
    expect(redirect).toMatchObject({ kind: "hop", hop: { url: new URL("https://api.example.com/"), headers: {} } });
  });

  it.each([200, 300, 304, 305, 306])("takes %i for no redirect", (status) => {
    expect(findRedirect(createHop("https://api.example.com/"), status, "/next")).toBeNull();
  });
});
