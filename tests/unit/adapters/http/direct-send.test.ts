import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createDirectSend } from "../../../../src/adapters/http/direct-send.ts";
import type { Fetch } from "../../../../src/adapters/http/direct-send.ts";
import { createHttpCall } from "../../../../src/adapters/http/fetch-call.ts";
import type { HttpAnswer } from "../../../../src/steps/ports.ts";

async function callOver(fetch: Fetch): Promise<HttpAnswer> {
  const send = createDirectSend(fetch, (coding) => coding === "gzip");
  const request = {
    method: "GET",
    url: "https://api.example.com/",
    headers: {},
    body: null,
    redirectsMax: 5,
    responseBytesMax: 100,
  } as const;
  return createHttpCall({ send, allowPrivateAddresses: false })(request, new AbortController().signal);
}

function answerWith(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Fetch {
  return () => Promise.resolve(new Response(body, { headers }));
}

describe("a call that the runtime makes", () => {
  it("is not decoded twice where the runtime has decoded it", async () => {
    const answer = await callOver(answerWith("plain", { "content-encoding": "gzip" }));
    expect(answer).toMatchObject({ body: new TextEncoder().encode("plain"), headers: { "content-encoding": "gzip" } });
  });

  it("is decoded where the runtime has not", async () => {
    const answer = await callOver(answerWith(new Uint8Array(gzipSync("plain")), { "content-encoding": "X-GZIP" }));
    expect(answer).toHaveProperty("body.byteLength", 5);
  });

  it("has an empty body when its length says so, without asking the decoder of the runtime", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("ended prematurely")) });
    const headers = { "content-encoding": "gzip", "content-length": "0" };
    const answer = await callOver(() => Promise.resolve(new Response(body, { headers })));
    expect(answer).toMatchObject({ kind: "answered", body: new Uint8Array(), truncated: false });
  });

  it.each([
    ["internal error; reference = abc", "the runtime does not say which"],
    ["Network connection lost.", "Network connection lost."],
  ])("that fails with `%s` claims no more than the runtime has said", async (message, reason) => {
    const answer = await callOver(() => Promise.reject(new Error(message)));
    expect(answer).toEqual({ kind: "unreachable", reason: expect.stringContaining(reason) });
  });
});
