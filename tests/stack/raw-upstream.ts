import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** A request as it came over the line. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Request line and headers, each byte one character. */
  readonly head: string;
  readonly body: Buffer;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

/** The line back to the client. */
export interface RawLine {
  /** Sends exactly this; of text each character is one byte. Resolves once the system has taken it. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Ends the connection in order. */
  end(): void;
  /** Cuts it. */
  reset(): void;
}

/** What a server says to a request. */
export type RawAnswer = (request: RawRequest, line: RawLine) => void | Promise<void>;

/** A server that says byte by byte what it sends, HTTP or not. It keeps every connection open unless told otherwise. */
export class RawUpstream {
  /** What it was sent, in order. */
  readonly requests: RawRequest[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connections = 0;

  private constructor(answer: RawAnswer) {
    this.#server = createServer((socket) => this.#serve(socket, answer));
  }

  /** Starts one on a free port of loopback. */
  static async start(answer: RawAnswer): Promise<RawUpstream> {
    const upstream = new RawUpstream(answer);
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  /** @returns The address, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @returns The port. */
  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the server does not listen");
    return address.port;
  }

  /** @returns How many connections were made so far. */
  get connectionCount(): number {
    return this.#connections;
  }

  /** @returns How many of them are open. */
  get openCount(): number {
    return this.#sockets.size;
  }

  /** Cuts all connections and stops. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, answer: RawAnswer): void {
    this.#connections += 1;
    const connection = this.#connections;
    this.#sockets.add(socket.setNoDelay());
    socket.on("close", () => this.#sockets.delete(socket));
    // A client that cuts its connection is no concern of this server.
    socket.on("error", () => undefined);
    const line: RawLine = {
      send: async (bytes) =>
        new Promise((resolve) =>
          socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, () => resolve()),
        ),
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
    };
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let next = takeRequest(received, connection); next !== null; next = takeRequest(received, connection)) {
        received = received.subarray(next.length);
        this.requests.push(next.request);
        void answer(next.request, line);
      }
    });
  }
}

// The first whole request of what was received, and how many bytes it takes.
function takeRequest(
  received: Buffer,
  connection: number,
): { readonly request: RawRequest; readonly length: number } | null {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) {
    return null;
  }
  const head = received.subarray(0, headEnd).toString("latin1");
  const bodyBytes = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + bodyBytes;
  const [method = "", path = ""] = head.split(" ");
  const body = received.subarray(headEnd + 4, length);
  return received.length < length ? null : { request: { method, path, head, body, connection }, length };
}
