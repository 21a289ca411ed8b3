// oxlint-disable-next-line no-restricted-imports -- the driver reads numbers out of what arrives as Node's buffers do
import { Buffer } from "node:buffer";
// oxlint-disable-next-line no-restricted-imports -- the driver listens to its sockets as to Node's
import { EventEmitter } from "node:events";
import { connect } from "cloudflare:sockets";
import type { ServerAddress } from "./client.ts";

/** Asks PostgreSQL to go on with TLS; it answers with one letter. */
const TLS_REQUEST = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);
const TLS_AGREED = "S".charCodeAt(0);

/**
 * Connects to PostgreSQL from the runtime, as the driver wants its sockets. The driver's own (3.4.9) learns of a close by
 * the socket's promise `closed` alone, which the runtime does not always settle; a connection that is cut while
 * something is written to it is then waited for. What always tells is the end of what can be read.
 *
 * @param address - Where, and whether with TLS.
 * @returns A socket that can be written to at once; whether it connects, its events tell.
 * @throws Error when PostgreSQL cannot be reached with TLS, or has none.
 */
export async function openRuntimeSocket(address: ServerAddress): Promise<RuntimeSocket> {
  const { host, port, tls } = address;
  const socket = connect(`${host}:${port}`, {
    secureTransport: tls === "off" ? "off" : "starttls",
    allowHalfOpen: false,
  });
  if (tls === "off") {
    return new RuntimeSocket(socket);
  }
  if (await agreeOnTls(socket)) {
    return new RuntimeSocket(socket.startTls());
  }
  if (tls === "preferred") {
    return new RuntimeSocket(socket);
  }
  await socket.close();
  throw new Error(`PostgreSQL at ${host} has no TLS, which the connection string asks for`);
}

async function agreeOnTls(socket: Socket): Promise<boolean> {
  const writer = socket.writable.getWriter();
  const reader = socket.readable.getReader();
  await writer.write(TLS_REQUEST);
  const { done, value } = await reader.read();
  if (done) {
    throw new Error("PostgreSQL closed the connection when it was asked for TLS");
  }
  writer.releaseLock();
  reader.releaseLock();
  return value[0] === TLS_AGREED;
}

/** The part of Node's sockets that the driver uses, over one of the runtime: `data`, `error` and `close`. */
class RuntimeSocket extends EventEmitter {
  readyState: "open" | "closed" = "open";
  readonly #socket: Socket;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.#writer = socket.writable.getWriter();
    // Both are told by the reader, and a promise that nobody hears must not be reported.
    socket.opened.catch(() => undefined);
    socket.closed.catch(() => undefined);
    void this.#readAll(socket.readable.getReader());
  }

  write(data: Uint8Array, onWritten?: () => void): boolean {
    this.#writer.write(data).then(onWritten, (error: unknown) => {
      this.#close(error);
    });
    return true;
  }

  /** Says a last word, and closes. */
  end(data: Uint8Array): void {
    this.write(data, () => {
      this.#close(null);
    });
  }

  destroy(): void {
    this.#close(null);
  }

  async #readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        this.emit("data", Buffer.from(part.value));
      }
      this.#close(null);
    } catch (error) {
      this.#close(error);
    }
  }

  /** Tells that the socket is closed, once. `failure` is null when nothing went wrong. */
  #close(failure: unknown): void {
    if (this.readyState === "closed") {
      return;
    }
    this.readyState = "closed";
    this.#socket.close().catch(() => undefined);
    if (failure !== null) {
      this.emit("error", failure);
    }
    this.emit("close", failure !== null);
  }
}
