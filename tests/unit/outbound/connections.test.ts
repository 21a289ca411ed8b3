import { describe, expect, it } from "vitest";
import { startOutboundServer } from "../../../scripts/stack/outbound/outbound-server.ts";
import { createHttpCall } from "../../../src/adapters/http/fetch-call.ts";
import { createOutboundSend } from "../../../src/adapters/http/outbound-send.ts";
import type { RawAnswer } from "../../stack/raw-upstream.ts";
import { waitUntil } from "../../stack/wait-until.ts";
import { createClient, readText, startUpstream } from "./upstreams.ts";

const OTHER = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison";

/** Answers that go on after their end, each with the request that gets it. */
const OVERLONG: readonly (readonly [string, "GET" | "HEAD" | "DELETE", string, string])[] = [
  [
    "204 that announces a body and sends another answer",
    "DELETE",
    "HTTP/1.1 204 No Content\r\ncontent-length: 95\r\n\r\n",
    OTHER,
  ],
  [
    "204 with chunks",
    "DELETE",
    "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n",
    `6\r\npoison\r\n0\r\n\r\n${OTHER}`,
  ],
  ["204 without a word about the body it sends", "DELETE", "HTTP/1.1 204 No Content\r\n\r\n", OTHER],
  ["304 with a body", "GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 45\r\n\r\n", OTHER],
  ["HEAD with a body", "HEAD", `HTTP/1.1 200 OK\r\ncontent-length: ${OTHER.length}\r\n\r\n`, OTHER],
  ["more bytes than announced", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", OTHER],
  ["two answers", "GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", OTHER],
  ["a byte too many", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "!"],
  ["the beginning of another answer", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n"],
];

function answerBadly(first: string, rest: string, send: "at once" | "later"): RawAnswer {
  return async (request, line) => {
    if (!request.path.startsWith("/bad")) {
      await line.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood");
    } else if (send === "at once") {
      await line.send(first + rest);
    } else {
      await line.send(first);
      setTimeout(() => void line.send(rest), 1);
    }
  };
}

describe("an answer never reaches another call", () => {
  it.each(OVERLONG)("when a server sends %s, all at once", async (_, method, first, rest) => {
    const upstream = await startUpstream(answerBadly(first, rest, "at once"));
    const { call } = createClient(upstream);
    await call("/bad", { method });
    const next = await Promise.all([call("/a"), call("/b", { method: "POST", body: new Uint8Array(3) }), call("/c")]);
    expect(next.map(readText)).toEqual(["200 good", "200 good", "200 good"]);
    expect(upstream.requests).toHaveLength(4);
  });

  it.each(OVERLONG)("when a server sends %s, the rest a little later", async (_, method, first, rest) => {
    const upstream = await startUpstream(answerBadly(first, rest, "later"));
    const { call, connections } = createClient(upstream, 50);
    await call("/bad", { method });
    await waitUntil(() => (connections.keptCount === 0 ? true : null), { until: "the connection is given up" });
    const next = await Promise.all([call("/a"), call("/b", { method: "POST", body: new Uint8Array(3) })]);
    expect(next.map(readText)).toEqual(["200 good", "200 good"]);
    expect(upstream.requests.filter(({ connection }) => connection === 1)).toHaveLength(1);
    expect(upstream.requests).toHaveLength(3);
  });
});

describe("a connection", () => {
  const WELL = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  it("is used again once it has been silent for a while, and not before", async () => {
    const upstream = await startUpstream(WELL);
    const { call } = createClient(upstream);
    await call("/1");
    await call("/2");
    expect(upstream.connectionCount).toBe(2);
    await waitUntil(async () => (await call("/3"), upstream.requests.at(-1)?.connection === 1 ? true : null), {
      until: "the first connection is used again",
    });
  });

  it.each([
    ["says that it closes", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"],
    ["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"],
    [
      "keeps connections for less than a second",
      "HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok",
    ],
    ["sends a status that is none", "HTTP/1.1 000 OK\r\ncontent-length: 0\r\n\r\n"],
    ["announces a body where there is none", "HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n"],
  ])("is not kept when the server %s", async (_, answer) => {
    const upstream = await startUpstream(answer);
    const { call, connections } = createClient(upstream);
    await call("/");
    await waitUntil(() => (upstream.openCount === 0 ? true : null), { until: "the connection is closed" });
    expect(connections.keptCount).toBe(0);
  });

  it("is one of few per server: the rest is closed", async () => {
    const upstream = await startUpstream(WELL);
    const { call, connections } = createClient(upstream);
    await Promise.all(Array.from({ length: 12 }, (_, index) => call(`/${index}`)));
    await waitUntil(() => (upstream.openCount === 4 ? true : null), { until: "four connections are left" });
    expect(connections.keptCount).toBe(4);
  });

  it("serves one call alone where none is to be used again", async () => {
    const upstream = await startUpstream(WELL);
    const server = await startOutboundServer({ reusesConnections: false });
    const policy = { allowPrivateAddresses: true };
    const send = createOutboundSend(server.url, policy, (url, init) => fetch(url, init));
    const request = { method: "GET", headers: {}, body: null, redirectsMax: 5, responseBytesMax: 10 } as const;
    await createHttpCall({ ...policy, send })({ ...request, url: upstream.url }, new AbortController().signal);
    await waitUntil(() => (upstream.openCount === 0 ? true : null), { until: "the connection is closed" });
    await server.close();
    expect(upstream.connectionCount).toBe(1);
  });

  it("that the server closed just now costs a call that may be repeated nothing", async () => {
    const upstream = await startUpstream((request, line) =>
      request.path === "/lost" && request.connection === 1 ? line.reset() : line.send(WELL),
    );
    const { call, connections } = createClient(upstream);
    await call("/");
    await waitUntil(() => (connections.readyCount === 1 ? true : null), { until: "the connection may be used" });
    expect(readText(await call("/lost"))).toBe("200 ok");
    expect(upstream.requests.map(({ path, connection }) => [path, connection])).toEqual([
      ["/", 1],
      ["/lost", 1],
      ["/lost", 2],
    ]);
  });

  it("never carries a POST twice: whether a lost answer is worth another call is for the retry policy to say", async () => {
    const upstream = await startUpstream((request, line) =>
      request.path === "/lost" ? line.reset() : line.send(WELL),
    );
    const { call, connections } = createClient(upstream);
    await call("/");
    await waitUntil(() => (connections.readyCount === 1 ? true : null), { until: "the connection may be used" });
    const lost = await call("/lost", { method: "POST", body: new Uint8Array(3) });
    expect(lost).toMatchObject({ kind: "unreachable", reason: expect.stringContaining("ECONNRESET") });
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/", "/lost"]);
  });

  it("ends with a call that is given up, before and within the answer", async () => {
    const upstream = await startUpstream(async (request, line) => {
      if (request.path === "/half") await line.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
    });
    const { call } = createClient(upstream);
    const controller = new AbortController();
    const calls = [call("/silent", {}, controller.signal), call("/half", {}, controller.signal)];
    await waitUntil(() => (upstream.requests.length === 2 ? true : null), { until: "both requests have come" });
    controller.abort();
    expect(await Promise.all(calls)).toEqual([null, null]);
    await waitUntil(() => (upstream.openCount === 0 ? true : null), { until: "both connections are closed" });
  });

  it("ends with an answer that is larger than anyone reads", async () => {
    const upstream = await startUpstream(async (_, line) => {
      await line.send("HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n");
      await line.send("x".repeat(100_000));
    });
    const { call } = createClient(upstream);
    expect(await call("/", { bytesMax: 1_000 })).toMatchObject({ truncated: true, body: { byteLength: 1_000 } });
    await waitUntil(() => (upstream.openCount === 0 ? true : null), { until: "the connection is closed" });
  });
});
