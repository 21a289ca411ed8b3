import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { drainBody, readBody } from "../../../../src/api/http/read-body.ts";

const BYTES_MAX = 1024;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function requestWith(body: ReadableStream<Uint8Array>): Request {
  return new Request("http://baton.test/", { method: "POST", body, duplex: "half" } as RequestInit);
}

describe("a body", () => {
  it("that does not end in time is refused, and no longer waited for", async () => {
    let isCanceled = false;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("{"));
      },
      cancel() {
        isCanceled = true;
      },
    });
    const reading = readBody(requestWith(body), BYTES_MAX);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await reading).toMatchObject({ kind: "problem", code: "body_timeout" });
    expect(isCanceled).toBe(true);
  });

  it("that says nothing of its length is refused as soon as it is too long", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(600));
      },
    });
    expect(await readBody(requestWith(body), BYTES_MAX)).toMatchObject({ kind: "problem", code: "body_too_large" });
    expect(sent).toBeLessThan(10);
  });

  it("that arrives in pieces is read whole, characters that lie across them too", async () => {
    const bytes = new TextEncoder().encode('"ü🦊"');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    expect(await readBody(requestWith(body), BYTES_MAX)).toEqual({ kind: "text", text: '"ü🦊"' });
  });
});

describe("what nobody has read of a body", () => {
  it("is read to its end, also after its reader has given up on its length", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(600));
        if (sent === 50) controller.close();
      },
    });
    const request = requestWith(body);
    expect(await readBody(request, BYTES_MAX)).toMatchObject({ code: "body_too_large" });
    await drainBody(request);
    expect(sent).toBe(50);
  });

  it("is left when it does not end within 32 MiB, or within 5 s", async () => {
    let sentMiB = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentMiB += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    await drainBody(requestWith(endless));
    expect(sentMiB).toBeLessThan(40);
    const silent = drainBody(requestWith(new ReadableStream<Uint8Array>()));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await silent).toBeUndefined();
  });
});
