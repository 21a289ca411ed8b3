import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const HOST = "127.0.0.1";
const PORT_TRIES_MAX = 100;

/**
 * Finds a TCP port on loopback that nothing listens on.
 *
 * @returns A port the system just gave out; another process may take it before the caller does.
 */
export async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (port === null) {
    throw new Error("No free TCP port on 127.0.0.1: stop some servers, then try again.");
  }
  return port;
}

/**
 * Finds the first free TCP port on loopback, counting up.
 *
 * @param first - The port that is wanted.
 * @returns The wanted port, or the next free one.
 */
export async function nextFreePort(first: number): Promise<number> {
  for (let port = first; port < Math.min(first + PORT_TRIES_MAX, 65_536); port += 1) {
    if ((await tryListen(port)) !== null) {
      return port;
    }
  }
  throw new Error(`No free TCP port between ${first} and ${first + PORT_TRIES_MAX}: set PORT to another one.`);
}

/**
 * Finds a port for a server that should keep it from one start of the stack to the next.
 *
 * @param dataDir - The stack's data folder, where the port is remembered.
 * @param name - Which server.
 * @param first - The port wanted the first time, or null for any free one.
 * @returns The port of the last time when it is free, else a new one.
 */
export async function rememberedPort(dataDir: string, name: string, first: number | null): Promise<number> {
  const path = join(dataDir, `${name}.port`);
  const last = readPort(path);
  if (last !== null && (await tryListen(last)) !== null) {
    return last;
  }
  const port = first === null ? await freePort() : await nextFreePort(first);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${port}\n`);
  return port;
}

function readPort(path: string): number | null {
  try {
    const port = Number(readFileSync(path, "utf8"));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}
