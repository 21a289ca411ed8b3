import { connect } from "node:net";
import type { Socket } from "node:net";
import { readReply } from "./http-reply.ts";
import type { HttpReply } from "./http-reply.ts";

const REPLY_BYTES_MAX = 4 * 1024 * 1024;

interface Waiting {
  readonly resolve: (reply: HttpReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One kept HTTP connection with one request at a time. Node's own client costs the load generator several times the CPU
 * per request, which the measured system, on the same cores, would miss.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | null = null;

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(timeoutMs, () => this.#fail(new Error(`No answer within ${timeoutMs} ms.`)));
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("The server closed the connection.")));
  }

  /**
   * Connects to a server.
   *
   * @param url - Its address; only host and port count.
   * @param timeoutMs - How long to wait for each answer.
   * @returns The connection.
   */
  static async open(url: URL, timeoutMs: number): Promise<HttpConnection> {
    const socket = connect(Number(url.port), url.hostname);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`No connection to ${url.host} within ${timeoutMs} ms.`));
      }, timeoutMs);
      socket.once("connect", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once("error", reject);
    });
    return new HttpConnection(socket, timeoutMs);
  }

  /**
   * Sends a request; the answer to the one before must have come.
   *
   * @param request - The whole request as bytes.
   * @returns The answer. Rejects when none comes.
   */
  send(request: Buffer): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#socket.destroyed) this.#fail(new Error("The connection is closed."));
      else this.#socket.write(request);
    });
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.byteLength === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      const reply = readReply(this.#received);
      if (reply !== null) this.#finish(reply);
      else if (this.#received.byteLength > REPLY_BYTES_MAX)
        throw new Error(`An answer exceeds ${REPLY_BYTES_MAX} bytes.`);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #finish(reply: HttpReply): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#received = this.#received.subarray(reply.byteCount);
    waiting?.resolve(reply);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#socket.destroy();
    waiting?.reject(error);
  }
}
