import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/domain/run/outcome.ts";
import { RESPONSE_BYTES_MAX } from "../../../src/steps/http/limits.ts";
import { runHttp } from "../steps/http/run-http.ts";
import { startUpstream } from "./upstreams.ts";

const TEXT = "h\u00e9llo ".repeat(50);

async function answerCoded(headers: string, body: Uint8Array, method = "GET", status = 200): Promise<Outcome> {
  const upstream = await startUpstream(async (_, line) => {
    await line.send(
      `HTTP/1.1 ${status} OK\r\ncontent-type: text/plain\r\n${headers}\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    await line.send(body);
  });
  return runHttp({ url: upstream.url, method });
}

describe("a response with a content coding", () => {
  it.each<[string, Uint8Array]>([
    ["content-encoding: gzip", gzipSync(TEXT)],
    ["Content-Encoding: GZIP", gzipSync(TEXT)],
    ["content-encoding: x-gzip", gzipSync(TEXT)],
    ["content-encoding: gzip  ", gzipSync(TEXT)],
    ["content-encoding: deflate", deflateSync(TEXT)],
    ["content-encoding: deflate", deflateRawSync(TEXT)],
    ["content-encoding: br", brotliCompressSync(TEXT)],
    ["content-encoding: zstd", zstdCompressSync(TEXT)],
    ["content-encoding: gzip, gzip", gzipSync(gzipSync(TEXT))],
    ["content-encoding: deflate\r\ncontent-encoding: br", brotliCompressSync(deflateSync(TEXT))],
    ["content-encoding: identity", Buffer.from(TEXT)],
    ["content-encoding: ", Buffer.from(TEXT)],
    ["content-encoding: gzip", Buffer.concat([gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))])],
  ])("%s is decoded", async (header, body) => {
    const outcome = await answerCoded(header, body);
    expect(outcome).toMatchObject({ kind: "completed", output: { status: 200, body: TEXT } });
  });

  it("is decoded when it is a coding of the transfer", async () => {
    const body = gzipSync(TEXT);
    const upstream = await startUpstream(async (_, line) => {
      await line.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: gzip, chunked\r\n\r\n");
      await line.send(`${body.length.toString(16)}\r\n`);
      await line.send(body);
      await line.send("\r\n0\r\n\r\n");
    });
    expect(await runHttp({ url: upstream.url })).toMatchObject({ kind: "completed", output: { body: TEXT } });
  });

  it.each(["compress", "aws-chunked", "gzip, pack200-gzip", "utf-8"])(
    "%s fails with its name, and is not asked for again",
    async (coding) => {
      const outcome = await answerCoded(`content-encoding: ${coding}`, gzipSync(TEXT));
      expect(outcome).toMatchObject({ kind: "failed", retryable: false, error: { code: "response_not_decoded" } });
      expect(outcome).toHaveProperty("error.message", expect.stringContaining(`\`${coding.split(", ").at(-1)}\``));
    },
  );

  it.each<[string, Uint8Array]>([
    ["gzip", gzipSync(TEXT).subarray(0, 20)],
    ["gzip", Buffer.from(TEXT)],
    ["deflate", deflateSync(TEXT).subarray(0, 12)],
    ["br", brotliCompressSync(TEXT).subarray(0, 10)],
    ["zstd", zstdCompressSync(TEXT).subarray(0, 20)],
  ])("%s that is broken is an answer that was lost", async (coding, body) => {
    const outcome = await answerCoded(`content-encoding: ${coding}`, body);
    expect(outcome).toMatchObject({
      kind: "failed",
      retryable: true,
      error: { code: "network_error", message: expect.stringContaining(coding) },
    });
  });

  it("is judged by its status first, however its body is coded", async () => {
    const outcome = await answerCoded("content-encoding: compress", Buffer.from("x"), "GET", 503);
    expect(outcome).toMatchObject({ retryable: true, error: { code: "http_status", http: { status: 503 } } });
  });

  it.each(["gzip", "deflate", "br", "zstd", "compress"])("is empty under %s when it has no bytes", async (coding) => {
    const outcomes = await Promise.all([
      answerCoded(`content-encoding: ${coding}`, new Uint8Array(), "POST"),
      answerCoded(`content-encoding: ${coding}`, new Uint8Array(), "HEAD"),
    ]);
    expect(outcomes).toMatchObject([
      { kind: "completed", output: { body: null } },
      { kind: "completed", output: { body: null } },
    ]);
  });

  it("is empty under gzip when its chunks are", async () => {
    const upstream = await startUpstream(
      "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    const outcome = await runHttp({ url: upstream.url, method: "POST" });
    expect(outcome).toMatchObject({ kind: "completed", output: { body: null } });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each<[string, (body: Uint8Array) => Uint8Array]>([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ])("%s that is a bomb ends at the limit of responses", async (coding, compress) => {
    const outcome = await answerCoded(`content-encoding: ${coding}`, compress(Buffer.alloc(64 * RESPONSE_BYTES_MAX)));
    expect(outcome).toMatchObject({ kind: "failed", retryable: false, error: { code: "response_too_large" } });
  });

  it.each<[string, number, "completed" | "failed"]>([
    ["as large as allowed", RESPONSE_BYTES_MAX - 2, "completed"],
    ["a byte larger", RESPONSE_BYTES_MAX + 1, "failed"],
  ])("is measured when decoded: %s", async (_, length, kind) => {
    const upstream = await startUpstream(async (_request, line) => {
      const body = gzipSync(Buffer.alloc(length, 120), { level: 0 });
      await line.send(
        `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      await line.send(body);
    });
    const outcome = await runHttp({ url: upstream.url });
    // The output adds a few bytes of its own to a body that just fits.
    expect(JSON.stringify(outcome)).toContain(kind === "failed" ? "response_too_large" : "output_too_large");
  });

  it("is asked for in the codings that can be undone, unless the step asks for others", async () => {
    const upstream = await startUpstream("HTTP/1.1 204 No Content\r\n\r\n");
    await runHttp({ url: upstream.url });
    await runHttp({ url: upstream.url, headers: { "Accept-Encoding": "identity" } });
    const asked = upstream.requests.map(({ head }) => /^accept-encoding: (.*)$/im.exec(head)?.[1]);
    expect(asked).toEqual(["gzip, deflate, br, zstd", "identity"]);
  });
});
