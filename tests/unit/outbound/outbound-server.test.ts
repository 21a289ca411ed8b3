import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startOutboundServer } from "../../../scripts/stack/outbound/outbound-server.ts";
import type { OutboundServer } from "../../../scripts/stack/outbound/outbound-server.ts";
import { createHttpCall } from "../../../src/adapters/http/fetch-call.ts";
import { createOutboundSend } from "../../../src/adapters/http/outbound-send.ts";
import type { HttpCall, HttpRequest } from "../../../src/steps/ports.ts";
import { waitUntil } from "../../stack/wait-until.ts";
import { createClient, startUpstream } from "./upstreams.ts";

let server: OutboundServer;

beforeEach(async () => {
  server = await startOutboundServer({ reusesConnections: true });
});
afterEach(() => server.close());

function createCall(url = server.url): HttpCall {
  const policy = { allowPrivateAddresses: true };
  return createHttpCall({ ...policy, send: createOutboundSend(url, policy, (target, init) => fetch(target, init)) });
}

function createRequest(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, headers: {}, body: null, redirectsMax: 5, responseBytesMax: 1_000, ...more };
}

const FOREVER = new AbortController().signal;

describe("the outbound client", () => {
  it("carries a call and its answer as they are", async () => {
    const upstream = await startUpstream((request, line) =>
      line.send(
        `HTTP/1.1 299 Odd\r\nx-city: M\xFCnchen\r\ncontent-length: ${request.body.length}\r\n\r\n${request.body.toString("latin1")}`,
      ),
    );
    const body = new Uint8Array([0, 255, 13, 10]);
    const answer = await createCall()(
      createRequest(`${upstream.url}/a`, { method: "PATCH", headers: { "x-a": "\u00e9" }, body }),
      FOREVER,
    );
    expect(answer).toMatchObject({
      kind: "answered",
      status: 299,
      headers: { "x-city": "M\u00fcnchen" },
      truncated: false,
    });
    expect(answer).toHaveProperty("body", body);
    expect(upstream.requests[0]?.head).toContain("x-a: \u00e9");
  });

  it("serves nobody who does not know its secret", async () => {
    const upstream = await startUpstream("HTTP/1.1 204 No Content\r\n\r\n");
    const answer = await createCall(new URL("/", server.url).href)(createRequest(upstream.url), FOREVER);
    expect(answer).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("404") });
    expect((await fetch(server.url)).status).toBe(404);
    expect(upstream.requests).toEqual([]);
  });

  it("ends a call whose Worker has given it up, with its connection", async () => {
    const upstream = await startUpstream(() => undefined);
    const controller = new AbortController();
    const answer = createCall()(createRequest(upstream.url), controller.signal);
    await waitUntil(() => (upstream.requests.length === 1 ? true : null), { until: "the request has come" });
    controller.abort();
    expect(await answer).toEqual({ kind: "aborted" });
    await waitUntil(() => (upstream.openCount === 0 ? true : null), { until: "the connection is closed" });
  });

  it("leaves redirects to the Worker, which guards each hop", async () => {
    const upstream = await startUpstream((request, line) =>
      line.send(
        request.path === "/start"
          ? "HTTP/1.1 302 Found\r\nlocation: /end\r\ncontent-length: 4\r\n\r\ngone"
          : "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nend",
      ),
    );
    const answer = await createCall()(createRequest(`${upstream.url}/start`), FOREVER);
    expect(answer).toMatchObject({ kind: "answered", status: 200 });
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/start", "/end"]);
  });

  it("that is gone is a lost answer which says so", async () => {
    await server.close();
    const answer = await createCall()(createRequest("http://127.0.0.1:9/"), FOREVER);
    expect(answer).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("OUTBOUND_URL") });
  });
});

describe("a name that stands for a private address", () => {
  it("is refused where the guard is on, whatever it was when the call was checked", async () => {
    const upstream = await startUpstream("HTTP/1.1 204 No Content\r\n\r\n");
    const { call } = createClient(upstream);
    const url = `http://localhost:${upstream.port}/`;
    expect(await call("/", { url, allowPrivateAddresses: false })).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("localhost stands for a private"),
    });
    expect(upstream.connectionCount).toBe(0);
    expect(await call("/", { url })).toMatchObject({ kind: "received" });
  });

  it("is refused although a connection to it was made without the guard", async () => {
    const upstream = await startUpstream("HTTP/1.1 204 No Content\r\n\r\n");
    const { call, connections } = createClient(upstream);
    const url = `http://localhost:${upstream.port}/`;
    await call("/", { url });
    await waitUntil(() => (connections.readyCount === 1 ? true : null), { until: "the connection may be used again" });
    expect(await call("/", { url, allowPrivateAddresses: false })).toMatchObject({ kind: "refused" });
    expect(upstream.requests).toHaveLength(1);
  });
});
