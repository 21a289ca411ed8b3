import { once } from "node:events";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openRuntimeSocket } from "../../../../src/adapters/postgres/runtime-socket.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A socket as the runtime gives it, at whose other end is the test; its promise `closed` never settles. */
class FakeSocket {
  readonly received: Bytes[] = [];
  readonly opened = Promise.resolve({});
  readonly closed = new Promise<void>(() => undefined);
  readonly secured: FakeSocket | null;
  isClosed = false;
  readonly #onReceived: (() => void) | null;
  #sender: ReadableStreamDefaultController<Bytes> | null = null;
  readonly readable = new ReadableStream<Bytes>({
    start: (sender) => {
      this.#sender = sender;
    },
  });
  readonly writable = new WritableStream<Bytes>({
    write: (bytes) => {
      this.received.push(bytes);
      this.#onReceived?.();
    },
  });

  constructor(secured: FakeSocket | null = null, onReceived: (() => void) | null = null) {
    this.secured = secured;
    this.#onReceived = onReceived;
  }

  startTls(): FakeSocket {
    if (this.secured === null) throw new Error("no TLS was agreed on");
    return this.secured;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  send(text: string): void {
    this.#sender?.enqueue(new Uint8Array(new TextEncoder().encode(text)));
  }

  end(): void {
    this.#sender?.close();
  }

  fail(error: Error): void {
    this.#sender?.error(error);
  }
}

const runtime = vi.hoisted(() => ({ connect: vi.fn<(address: object, options: object) => unknown>() }));
vi.mock("cloudflare:sockets", () => runtime);

const ADDRESS = { host: "db.example.com", port: 5432 } as const;

/** A server that answers the request for TLS with one letter. */
function serverThatAnswers(letter: string, secured: FakeSocket | null): FakeSocket {
  const socket: FakeSocket = new FakeSocket(secured, () => {
    socket.send(letter);
  });
  return socket;
}

beforeEach(() => {
  runtime.connect.mockReset();
});

describe("a socket of the runtime", () => {
  it("is closed when the server ends it, also when the runtime never says so", async () => {
    const peer = new FakeSocket();
    runtime.connect.mockReturnValue(peer);
    const socket = await openRuntimeSocket({ ...ADDRESS, tls: "off" });
    const data = once(socket, "data");
    peer.send("FATAL");
    expect(String((await data)[0])).toBe("FATAL");
    const close = once(socket, "close");
    peer.end();
    expect(await close).toEqual([false]);
    expect([socket.readyState, peer.isClosed]).toEqual(["closed", true]);
  });

  it("tells a failure once, then that it is closed", async () => {
    const peer = new FakeSocket();
    runtime.connect.mockReturnValue(peer);
    const socket = await openRuntimeSocket({ ...ADDRESS, tls: "off" });
    const told: string[] = [];
    socket.on("error", (error: Error) => told.push(error.message));
    socket.on("close", (isFailed: boolean) => told.push(`closed, failed: ${isFailed}`));
    peer.fail(new Error("Network connection lost."));
    await vi.waitFor(() => {
      expect(socket.readyState).toBe("closed");
    });
    socket.destroy();
    expect(told).toEqual(["Network connection lost.", "closed, failed: true"]);
  });

  it("says its last word before it closes", async () => {
    const peer = new FakeSocket();
    runtime.connect.mockReturnValue(peer);
    const socket = await openRuntimeSocket({ ...ADDRESS, tls: "off" });
    const close = once(socket, "close");
    socket.end(new TextEncoder().encode("X"));
    await close;
    expect(peer.received.map(String)).toEqual(["88"]);
  });
});

describe("a connection string that asks for TLS", () => {
  it.each(["required", "preferred"] as const)("gets it where the server has it (%s)", async (tls) => {
    const secured = new FakeSocket();
    runtime.connect.mockReturnValue(serverThatAnswers("S", secured));
    const socket = await openRuntimeSocket({ ...ADDRESS, tls });
    socket.write(new TextEncoder().encode("hello"));
    await vi.waitFor(() => {
      expect(secured.received).toHaveLength(1);
    });
  });

  it("is refused where the server has none", async () => {
    runtime.connect.mockReturnValue(serverThatAnswers("N", null));
    await expect(openRuntimeSocket({ ...ADDRESS, tls: "required" })).rejects.toThrow(
      "PostgreSQL at db.example.com has no TLS, which the connection string asks for",
    );
  });

  it("does without where it only prefers it", async () => {
    const peer = serverThatAnswers("N", null);
    runtime.connect.mockReturnValue(peer);
    const socket = await openRuntimeSocket({ ...ADDRESS, tls: "preferred" });
    socket.write(new TextEncoder().encode("hello"));
    await vi.waitFor(() => {
      expect(peer.received).toHaveLength(2);
    });
  });
});
