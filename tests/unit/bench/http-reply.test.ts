import { describe, expect, it } from "vitest";
import { readReply } from "../../../scripts/bench/http-reply.ts";

const HEAD = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n";

describe("an answer in what a connection received", () => {
  it("is read once all of its bytes are there", () => {
    const whole = Buffer.from(`${HEAD}{"é`);
    expect(readReply(whole.subarray(0, 10))).toBeNull();
    expect(readReply(whole.subarray(0, -1))).toBeNull();
    expect(readReply(whole)).toEqual({ status: 202, body: '{"é', byteCount: whole.byteLength });
  });

  it("ends where its length says, so that the next one begins there", () => {
    expect(readReply(Buffer.from(`${HEAD}1234HTTP/1.1 200`))?.byteCount).toBe(HEAD.length + 4);
  });

  it("without a length is refused, not waited for", () => {
    const chunked = Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    expect(() => readReply(chunked)).toThrow("Content-Length");
  });
});
