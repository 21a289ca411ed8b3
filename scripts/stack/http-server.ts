import type { IncomingMessage, Server } from "node:http";

const KEEP_ALIVE_MS = 60_000;

/**
 * Starts a server on loopback, set for clients that keep their connections.
 *
 * @param server - A server that does not listen yet.
 * @param port - 0 takes a free one.
 * @returns The port it listens on.
 */
export function listen(server: Server, port: number): Promise<number> {
  // Node's 5 s would close idle connections just while a client writes its next request to them.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) {
        resolve(address.port);
      } else {
        reject(new Error("The server has no port."));
      }
    });
  });
}

/**
 * Stops a server and cuts the connections that are still open.
 *
 * @param server - A server that listens.
 * @returns Resolves once it is closed.
 */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Reads the body of a request as text.
 *
 * @param request - The request; nothing has been read of it.
 * @param bytesMax - The most that is accepted.
 * @returns The body, or null when it is larger than that. Rejects when the client goes away.
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  return (await readBytes(request, bytesMax))?.toString("utf8") ?? null;
}

/**
 * Reads the body of a request.
 *
 * @param request - The request; nothing has been read of it.
 * @param bytesMax - The most that is accepted.
 * @returns The body, or null when it is larger than that. Rejects when the client goes away.
 */
export function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // It reads on beyond the limit: a client that is cut off while it writes never sees the refusal.
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= bytesMax) {
        chunks.push(chunk);
      } else if (bytes > 2 * bytesMax) {
        request.pause();
        resolve(null);
      }
    });
    request.once("end", () => resolve(bytes <= bytesMax ? Buffer.concat(chunks) : null));
    request.once("error", reject);
    request.once("close", () => reject(new Error("The client went away.")));
  });
}
