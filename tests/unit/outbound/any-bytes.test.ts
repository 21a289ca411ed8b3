import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { describe, expect, it } from "vitest";
import { createClient, readText, startUpstream } from "./upstreams.ts";

/** Pieces that make an answer, and what spoils one. */
const PIECES = [
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 204 No Content\r\n",
  "HTTP/1.1 103 Early Hints\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n",
  "HTTP/1.0 200 OK\r\n",
  "content-length: 2\r\n",
  "content-length: 200\r\n",
  "transfer-encoding: chunked\r\n",
  "transfer-encoding: gzip\r\n",
  "connection: close\r\n",
  "location: /\r\n",
  "\r\n",
  "2\r\nhi\r\n",
  "0\r\n\r\n",
  "hi",
  "\0",
  "\xff",
  " ",
] as const;

const answers = array(constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join(""));

describe("whatever bytes a server sends", () => {
  it("its call comes to an end, and those after it get their own answers", async () => {
    let bad = "";
    const upstream = await startUpstream(async (request, line) => {
      await line.send(request.path === "/bad" ? bad : "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood");
      if (request.path === "/bad") line.end();
    });
    const { call } = createClient(upstream, 0);
    await assert(
      asyncProperty(answers, constantFrom("GET", "HEAD", "POST"), async (answer, method) => {
        bad = answer;
        expect(await call("/bad", { method })).toMatchObject({ kind: expect.stringMatching(/received|unreachable/) });
        expect(readText(await call("/good"))).toBe("200 good");
        expect(readText(await call("/good", { method: "POST" }))).toBe("200 good");
      }),
      { numRuns: 200 },
    );
  });
});
