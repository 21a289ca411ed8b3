import { describe, expect, it } from "vitest";
import { runHttp } from "../steps/http/run-http.ts";
import { createClient, startUpstream } from "./upstreams.ts";

describe("headers", () => {
  it("beyond ASCII leave as Latin-1", async () => {
    const upstream = await startUpstream("HTTP/1.1 204 No Content\r\n\r\n");
    await runHttp({ url: upstream.url, headers: { "x-city": "M\u00fcnchen" } });
    expect(upstream.requests[0]?.head).toContain("x-city: M\u00fcnchen\r\n");
  });

  it.each([
    ["Latin-1", "M\xFCnchen", "M\u00fcnchen"],
    ["UTF-8", "M\xC3\xBCnchen \xE2\x82\xAC", "M\u00fcnchen \u20ac"],
    ["ASCII", "Munich", "Munich"],
  ])("in %s are read as what they say", async (_, sent, read) => {
    const upstream = await startUpstream(`HTTP/1.1 204 No Content\r\nx-city: ${sent}\r\n\r\n`);
    expect(await runHttp({ url: upstream.url })).toMatchObject({ output: { headers: { "x-city": read } } });
  });

  it("that come more than once are all there", async () => {
    const upstream = await startUpstream(
      "HTTP/1.1 204 No Content\r\nSet-Cookie: a=1, b\r\nlink: </2>\r\nset-cookie: c=2\r\nLink: </3>\r\n\r\n",
    );
    const { call } = createClient(upstream);
    expect(await call("/")).toMatchObject({
      headers: [
        ["set-cookie", "a=1, b"],
        ["link", "</2>"],
        ["set-cookie", "c=2"],
        ["link", "</3>"],
      ],
    });
    expect(await runHttp({ url: upstream.url })).toMatchObject({ output: { headers: { link: "</2>, </3>" } } });
  });

  it("that are too large hide none of the others", async () => {
    const large = `x-policy: ${"p".repeat(20_000)}`;
    const many = Array.from({ length: 100 }, (_, index) => `x-a${index}: ${"v".repeat(300)}`).join("\r\n");
    const told = 'etag: "7"\r\nlink: </2>\r\nlocation: /here\r\nretry-after: 3\r\ncontent-type: text/plain\r\nx-z: end';
    const upstream = await startUpstream(
      `HTTP/1.1 200 OK\r\n${large}\r\n${many}\r\n${told}\r\ncontent-length: 0\r\n\r\n`,
    );
    const outcome = await runHttp({ url: upstream.url });
    expect(outcome).toMatchObject({
      output: {
        headers: {
          etag: '"7"',
          link: "</2>",
          location: "/here",
          "retry-after": "3",
          "content-type": "text/plain",
          "x-a0": expect.anything(),
        },
      },
    });
    expect(outcome).not.toHaveProperty("output.headers.x-policy");
  });

  it("of a connection are set by the client alone, and the body has its length", async () => {
    const upstream = await startUpstream("HTTP/1.1 204 No Content\r\n\r\n");
    await runHttp({ url: `${upstream.url}/a?b=c`, method: "POST", body: "h\u00e9" });
    await runHttp({ url: upstream.url, method: "POST" });
    const [first, second] = upstream.requests;
    expect(first?.head).toMatch(/^POST \/a\?b=c HTTP\/1\.1\r\n/);
    expect(first?.head).toMatch(/^content-length: 3\r$/im);
    expect(first?.head).toMatch(/^host: 127\.0\.0\.1:\d+(?:\r|$)/im);
    expect(first?.body.toString()).toBe("h\u00e9");
    expect(second?.head).toMatch(/^content-length: 0(?:\r|$)/im);
  });
});
