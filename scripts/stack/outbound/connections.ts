import { connect as connectTcp, isIP } from "node:net";
import type { LookupFunction, Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a connection leads. */
export interface Endpoint {
  readonly url: URL;
  /** How the name is looked up; undefined: as usual. */
  readonly lookup: LookupFunction | undefined;
}

/** How long connections are kept. */
export interface ConnectionLimits {
  /** How long a connection must be silent after an answer before another call may use it. */
  readonly quietMs: number;
  /** How long one is kept at most: less than the least that servers do, so that none is closed just when it is used. */
  readonly idleMsMax: number;
  readonly perOriginMax: number;
  readonly totalMax: number;
}

/** What holds unless a test says otherwise. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  quietMs: 100,
  idleMsMax: 2_000,
  perOriginMax: 256,
  totalMax: 1_024,
};

/** A connection that waits for another call. */
interface Kept {
  /** Whether it has been silent for long enough. */
  isReady: boolean;
  /** Called when it carries a byte, ends, fails or has waited for too long. */
  readonly onEvent: () => void;
}

const EVENTS = ["data", "end", "close", "error", "timeout"] as const;

/** TLS sessions that are remembered, which spares most of a handshake. */
const TLS_SESSIONS_MAX = 256;

/**
 * The connections to servers. One is used by one call at a time, and by another only after it has proved silent: a
 * server that sends more than its answer does so at once or within a round trip, and a connection that carries one byte
 * while nobody asked is closed.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  /** By origin; the one kept first comes first. */
  readonly #kept = new Map<string, Map<Socket, Kept>>();
  readonly #sessions = new Map<string, Buffer>();
  #count = 0;

  /** @param limits - How long connections are kept. */
  constructor(limits: ConnectionLimits = CONNECTION_LIMITS) {
    this.#limits = limits;
  }

  /** @returns How many connections wait for another call. */
  get keptCount(): number {
    return this.#count;
  }

  /** @returns How many of them have been silent for long enough. */
  get readyCount(): number {
    return [...this.#kept.values()].flatMap((sockets) => [...sockets.values()]).filter(({ isReady }) => isReady).length;
  }

  /** Gives a connection that was kept, or null when none has been silent for long enough. */
  reuse(endpoint: Endpoint): Socket | null {
    const key = keyOf(endpoint);
    const [first] = this.#kept.get(key) ?? [];
    if (first === undefined || !first[1].isReady) {
      return null;
    }
    const [socket] = first;
    this.#forget(key, socket);
    socket.setTimeout(0);
    return socket.ref();
  }

  /** Opens a connection, which may still fail. */
  open(endpoint: Endpoint): Socket {
    const { url, lookup } = endpoint;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const isTls = url.protocol === "https:";
    const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
    const options = { host, port, noDelay: true, ...(lookup === undefined ? {} : { lookup }) };
    if (!isTls) {
      return heedErrors(connectTcp(options));
    }
    const session = this.#sessions.get(url.host);
    const socket = connectTls({
      ...options,
      ALPNProtocols: ["http/1.1"],
      ...(isIP(host) === 0 ? { servername: host.replace(/\.$/, "") } : {}),
      ...(session === undefined ? {} : { session }),
    });
    return heedErrors(socket.on("session", (ticket) => this.#remember(url.host, ticket)));
  }

  /**
   * Keeps a connection for another call, where there is room.
   *
   * @param endpoint - Where it leads.
   * @param socket - The connection, whose last answer has ended as announced.
   * @param idleMsMax - How long the server keeps it, as far as it has said.
   */
  keep(endpoint: Endpoint, socket: Socket, idleMsMax = Number.POSITIVE_INFINITY): void {
    const key = keyOf(endpoint);
    const idleMs = Math.min(idleMsMax, this.#limits.idleMsMax);
    const sockets = this.#kept.get(key) ?? new Map<Socket, Kept>();
    const hasRoom = sockets.size < this.#limits.perOriginMax && this.#count < this.#limits.totalMax;
    if (socket.destroyed || !hasRoom || idleMs <= this.#limits.quietMs) {
      socket.destroy();
      return;
    }
    const kept: Kept = {
      isReady: false,
      onEvent: () => {
        this.#forget(key, socket);
        socket.destroy();
      },
    };
    this.#kept.set(key, sockets.set(socket, kept));
    this.#count += 1;
    EVENTS.forEach((event) => socket.on(event, kept.onEvent));
    socket.setTimeout(idleMs).unref().resume();
    // After the timer one more look at the network: what came while this process was busy is seen first.
    setTimeout(() => setImmediate(() => (kept.isReady = true)), this.#limits.quietMs).unref();
  }

  /** Closes all that are kept. */
  close(): void {
    for (const sockets of this.#kept.values()) {
      for (const socket of sockets.keys()) {
        socket.destroy();
      }
    }
  }

  #forget(key: string, socket: Socket): void {
    const sockets = this.#kept.get(key);
    const kept = sockets?.get(socket);
    if (sockets === undefined || kept === undefined) {
      return;
    }
    EVENTS.forEach((event) => socket.off(event, kept.onEvent));
    sockets.delete(socket);
    this.#count -= 1;
    if (sockets.size === 0) {
      this.#kept.delete(key);
    }
  }

  #remember(host: string, session: Buffer): void {
    this.#sessions.delete(host);
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= TLS_SESSIONS_MAX) {
      this.#sessions.delete(oldest);
    }
    this.#sessions.set(host, session);
  }
}

// Between two uses nobody else listens for a moment, and an error that nobody hears ends the process.
function heedErrors(socket: Socket): Socket {
  return socket.on("error", () => undefined);
}

// A connection that was looked up without the guard is of no use to a call that has it.
function keyOf({ url, lookup }: Endpoint): string {
  return `${url.origin} ${lookup === undefined ? "any" : "public"}`;
}
