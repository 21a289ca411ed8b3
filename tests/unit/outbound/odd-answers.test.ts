import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/domain/json.ts";
import type { Outcome } from "../../../src/domain/run/outcome.ts";
import type { RawAnswer } from "../../stack/raw-upstream.ts";
import { runHttp } from "../steps/http/run-http.ts";
import { startServer } from "../steps/local-server.ts";
import { startUpstream } from "./upstreams.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const SIZED = `${HEAD}content-length: 2\r\n\r\nhi`;

async function answerWith(answer: string | RawAnswer, more: Record<string, Json> = {}): Promise<Outcome> {
  const upstream = await startUpstream(answer);
  return runHttp({ url: upstream.url, ...more });
}

/** Sends a text and ends the connection. */
function thenEnd(text: string): RawAnswer {
  return async (_, line) => {
    await line.send(text);
    line.end();
  };
}

describe("an answer that is odd is read as it is meant", () => {
  it.each([
    ["after 100 Continue", `HTTP/1.1 100 Continue\r\n\r\n${SIZED}`],
    ["after 102 Processing, twice", `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${SIZED}`],
    ["after 103 Early Hints", `HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n${SIZED}`],
    ["after an interim answer that is in no list", `HTTP/1.1 199 Soon\r\n\r\n${SIZED}`],
    ["in chunks with extensions", `${CHUNKED}2;a=b;c="d"\r\nhi\r\n0;e\r\n\r\n`],
    ["in chunks with padded sizes", `${CHUNKED}2   \r\nhi\r\n0  \r\n\r\n`],
    ["in chunks with leading zeros", `${CHUNKED}0000002\r\nhi\r\n000\r\n\r\n`],
    ["in chunks with trailers", `${CHUNKED}2\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n`],
    ["in chunks, said in capitals", `${HEAD}Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`],
    [
      "in chunks with a length beside them",
      `${HEAD}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    ],
    ["with a padded length", `${HEAD}content-length:   2  \r\n\r\nhi`],
    ["without a reason phrase", SIZED.replace(" OK", "")],
    ["with a reason phrase beyond ASCII", SIZED.replace("OK", "\xC9t\xE9")],
    ["with bare line feeds", SIZED.replaceAll("\r", "")],
    ["with a folded header", SIZED.replace("content-length", "x-folded: a\r\n  b\r\ncontent-length")],
    ["after empty lines", `\r\n\r\n${SIZED}`],
    [
      "with an upgrade on offer",
      SIZED.replace("content-length", "upgrade: h2c\r\nconnection: upgrade\r\ncontent-length"),
    ],
  ])("%s", async (_, answer) => {
    expect(await answerWith(answer)).toMatchObject({ kind: "completed", output: { status: 200, body: "hi" } });
  });

  it.each([
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nhi"],
    ["without a length", `${HEAD}\r\nhi`],
  ])("%s, up to the end of the connection", async (_, answer) => {
    expect(await answerWith(thenEnd(answer))).toMatchObject({ kind: "completed", output: { body: "hi" } });
  });

  it("byte by byte", async () => {
    const outcome = await answerWith(async (_, line) => {
      for (const byte of SIZED) await line.send(byte);
    });
    expect(outcome).toMatchObject({ kind: "completed", output: { body: "hi" } });
  });
});

describe("an answer that is none says what is wrong with it", () => {
  it.each([
    ["a connection that ends without a word", "", "closed the connection before its answer was whole"],
    [
      "an interim answer alone",
      "HTTP/1.1 103 Early Hints\r\n\r\n",
      "closed the connection before its answer was whole",
    ],
    ["half a status line", "HTTP/1.1 20", "closed the connection before its answer was whole"],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-le", "closed the connection before its answer was whole"],
    ["a body shorter than announced", `${HEAD}content-length: 10\r\n\r\nhi`, "broke off after 2 bytes"],
    ["chunks without an end", `${CHUNKED}2\r\nhi\r\n`, "broke off after 2 bytes"],
    ["a chunk size that is no number", `${CHUNKED}2\r\nhi\r\nzz\r\n`, "chunk size"],
    ["a negative chunk size", `${CHUNKED}-2\r\nhi\r\n`, "chunk size"],
    ["a chunk size beyond all bounds", `${CHUNKED}fffffffffffffffff\r\nhi\r\n`, "Chunk size overflow"],
    ["a negative length", `${HEAD}content-length: -2\r\n\r\nhi`, "Content-Length"],
    ["a length that is no number", `${HEAD}content-length: two\r\n\r\nhi`, "Content-Length"],
    [
      "a length beyond all bounds",
      `${HEAD}content-length: 99999999999999999999999\r\n\r\nhi`,
      "Content-Length overflow",
    ],
    ["two lengths", `${HEAD}content-length: 2\r\ncontent-length: 1\r\n\r\nhi`, "Duplicate Content-Length"],
    ["a length whose name ends in a space", `${HEAD}content-length : 2\r\n\r\nhi`, "space in the header name"],
    ["a header line without a colon", `${HEAD}no colon here\r\n\r\nhi`, "header"],
    ["a header without a name", `${HEAD}: nothing\r\n\r\nhi`, "header"],
    ["a head without an end", `${HEAD}x-large: ${"x".repeat(400_000)}`, "larger than 256 KiB"],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n", 'no HTTP server: it began with "SSH-2.0-OpenSSH_9.2..'],
    ["HTTP/0.9", "<html>hi</html>", 'it began with "<html>hi</html>"'],
    ["HTTP/2 without asking", "\0\0\x12\x04\0\0\0\0\0", "no HTTP server"],
    ["another version", "HTTP/2 200 OK\r\n\r\n", "no valid HTTP"],
    ["a status that is no number", "HTTP/1.1 2xx OK\r\n\r\n", "status"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "status"],
    ["the status 0", "HTTP/1.1 000 OK\r\ncontent-length: 2\r\n\r\nhi", "0 is no status"],
    [
      "101 although nobody asked",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
      "101",
    ],
    ["TLS where there should be none", "\x15\x03\x01\0\x02\x02\x46", "https://"],
  ])("%s", async (_, answer, reason) => {
    const outcome = await answerWith(thenEnd(answer), { method: "POST", body: {} });
    expect(outcome).toMatchObject({
      kind: "failed",
      retryable: true,
      error: { code: "network_error", message: expect.stringContaining(reason), http: { status: null } },
    });
    expect(JSON.stringify(outcome)).not.toContain("host name");
  });

  it.each([
    ["at once", ""],
    ["in the middle of the head", HEAD],
    ["in the middle of the body", `${HEAD}content-length: 10\r\n\r\nhi`],
  ])("a connection that is cut %s", async (_, text) => {
    const outcome = await answerWith(async (_request, line) => {
      await line.send(text);
      setTimeout(() => line.reset(), 5);
    });
    expect(outcome).toMatchObject({
      kind: "failed",
      retryable: true,
      error: { code: "network_error", message: expect.stringContaining("ECONNRESET") },
    });
  });

  it("plain HTTP where there should be TLS", async () => {
    const server = await startServer((_, response) => response.end());
    const outcome = await runHttp({ url: server.origin.replace("http:", "https:") });
    expect(outcome).toMatchObject({
      retryable: true,
      error: { code: "network_error", message: expect.stringContaining("the port does not speak TLS") },
    });
  });

  it("a server that trickles, when the step's time is over", async () => {
    const upstream = await startUpstream(async (_, line) => {
      for (const byte of SIZED) {
        await line.send(byte);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const outcome = await runHttp({ url: upstream.url }, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ kind: "failed", retryable: true, error: { code: "timeout" } });
  });

  it("a name that does not exist", async () => {
    const outcome = await runHttp({ url: "http://nowhere.invalid/" });
    expect(outcome).toMatchObject({
      retryable: true,
      error: {
        code: "network_error",
        message: expect.stringMatching(/no host named nowhere\.invalid|cannot be looked up/),
      },
    });
  });
});
