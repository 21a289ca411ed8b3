import { describe, expect, it } from "vitest";
import { MESSAGE_LENGTH_MAX, OUTPUT_BYTES_MAX } from "../../../src/steps/limits.ts";
import { completed, failed } from "../../../src/steps/outcomes.ts";

describe("completed", () => {
  it("keeps an output of exactly the limit", () => {
    const output = "x".repeat(OUTPUT_BYTES_MAX - 2);
    expect(completed(output)).toEqual({ kind: "completed", output });
  });

  it("refuses an output of one byte more, for good, and keeps the input on record", () => {
    const outcome = completed("x".repeat(OUTPUT_BYTES_MAX - 1), { url: "https://api.example.com/" });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "output_too_large", message: expect.stringContaining("1048577 bytes") },
      retryable: false,
      input: { url: "https://api.example.com/" },
    });
  });

  it("counts bytes, not characters", () => {
    expect(completed("é".repeat(OUTPUT_BYTES_MAX / 2)).kind).toBe("failed");
  });

  it("replaces characters that PostgreSQL cannot store, in names and values", () => {
    const outcome = completed({ "a\u0000b": ["\u0000\u0000", "\uD800", "\uDFFFx"] }, "\u0000");
    expect(outcome).toEqual({
      kind: "completed",
      output: { "a\uFFFDb": ["\uFFFD\uFFFD", "\uFFFD", "\uFFFDx"] },
      input: "\uFFFD",
    });
  });

  it.each(["\u0000", "\uD800", "\uFFFD"])("never drops a member whose name becomes that of another: %j", (name) => {
    expect(completed({ list: [{ "\uDC00": 1, [name]: 2 }] })).toMatchObject({
      kind: "failed",
      retryable: false,
      error: { code: "output_not_storable" },
    });
  });

  it.each(["\\u0000", "\\\\u0000", "\\ud800", "C:\\u0000\\x", "😀", '\u0001\n"\\'])("leaves %j as it is", (text) => {
    expect(completed(text)).toEqual({ kind: "completed", output: text });
  });
});

describe("the record of an attempt", () => {
  const PROOF = "AbC-_9".repeat(14);
  const url = `https://baton.test/signals/${PROOF}/decision`;
  const masked = "https://baton.test/signals/***/decision";

  it("holds no address of signals whole: who may look at a run may not signal to it", () => {
    const input = { url, query: { link: `go to ${url}!` }, [url]: `https://a.test/?to=${encodeURIComponent(url)}` };
    const shown = {
      url: masked,
      query: { link: `go to ${masked}!` },
      [masked]: `https://a.test/?to=${encodeURIComponent(masked).replaceAll("%2A", "*")}`,
    };
    expect(completed(null, input)).toMatchObject({ input: shown });
    expect(
      failed("http_status", `POST ${url} answered 500`, { input, http: { status: 500, url, method: "POST" } }),
    ).toMatchObject({ input: shown, error: { message: `POST ${masked} answered 500`, http: { url: masked } } });
  });

  it("leaves the output whole, which later steps read, and addresses of other kinds", () => {
    expect(completed({ url }, { url: "https://a.test/signals/short/decision" })).toEqual({
      kind: "completed",
      output: { url },
      input: { url: "https://a.test/signals/short/decision" },
    });
  });
});

describe("failed", () => {
  it("is not retryable unless told so", () => {
    expect(failed("broken", "it broke")).toEqual({
      kind: "failed",
      error: { code: "broken", message: "it broke" },
      retryable: false,
      retryAfterMs: null,
    });
  });

  it("cuts and cleans its message so that it can be stored", () => {
    const { message } = failed("broken", `\u0000${"😀".repeat(MESSAGE_LENGTH_MAX)}`).error;
    expect(message).toHaveLength(MESSAGE_LENGTH_MAX);
    expect(message.isWellFormed()).toBe(true);
    expect(message).not.toContain("\u0000");
  });
});
