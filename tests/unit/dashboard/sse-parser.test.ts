import { describe, expect, it } from "vitest";
import { SseParser } from "../../../dashboard/model/sse-parser.ts";

const STREAM = ': hello\n\nid: 7\ndata: {"seq":7}\n\nid:8\r\ndata: a\r\ndata: b\r\n\r\nevent: end\ndata\n\n';
const MESSAGES = [
  { event: "message", data: '{"seq":7}', id: "7" },
  { event: "message", data: "a\nb", id: "8" },
  { event: "end", data: "", id: "8" },
];

describe("the reader of event streams", () => {
  it("gives the same messages wherever the network cuts the stream", () => {
    for (let cut = 0; cut <= STREAM.length; cut += 1) {
      const parser = new SseParser();
      expect([...parser.push(STREAM.slice(0, cut)), ...parser.push(STREAM.slice(cut))]).toEqual(MESSAGES);
    }
  });

  it("gives a message as soon as its empty line is there", () => {
    const parser = new SseParser();
    expect(parser.push("data: x\n")).toEqual([]);
    expect(parser.push("\n")).toEqual([{ event: "message", data: "x", id: null }]);
  });

  it("passes on an event that has no data", () => {
    expect(new SseParser().push("event: reconnect\n\n")).toEqual([{ event: "reconnect", data: "", id: null }]);
  });

  it("takes comments and empty lines for no message", () => {
    expect(new SseParser().push(":\n\n:keep-alive\n\n\n")).toEqual([]);
  });

  it("refuses a line without end instead of filling the memory", () => {
    const parser = new SseParser();
    expect(() => parser.push("x".repeat(1024 * 1024 + 1))).toThrow("longer than 1 MiB");
  });
});
