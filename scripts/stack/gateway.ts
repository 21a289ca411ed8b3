import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeReply, parseCommand, parseCommands } from "./gateway-reply.ts";
import type { Command, Outcome } from "./gateway-reply.ts";
import { closeServer, listen, readBody } from "./http-server.ts";
import { messageOf } from "./redis-backend.ts";
import type { RedisBackend } from "./redis-backend.ts";

const BODY_BYTES_MAX = 10 * 1024 * 1024;

/** Commands that would change the one connection that all requests share, or hold it up. */
const CONNECTION_COMMANDS: ReadonlySet<string> = new Set(
  [
    ["AUTH", "CLIENT", "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI", "QUIT", "RESET", "SELECT", "UNWATCH", "WATCH"],
    ["PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE"],
    ["BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF"],
  ].flat(),
);

/** What passed through the gateway since it started; reading it at `GET /stats` does not count. */
export interface GatewayStats {
  readonly requests: number;
  readonly commands: number;
}

/** A running gateway. */
export interface Gateway {
  readonly url: string;
  stats(): GatewayStats;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What the requests of one gateway share. */
interface GatewayState {
  readonly backend: () => RedisBackend;
  readonly tokenHash: Buffer;
  requests: number;
  commands: number;
}

type Encode = (outcome: Outcome) => Outcome;

/**
 * Starts an HTTP server that speaks Upstash's REST protocol for a Redis.
 * `POST /` takes one command, `/pipeline` and `/multi-exec` a list; `GET /stats` gives the counters.
 *
 * @param options - `backend`: the Redis, looked up for each request; `token`: what clients must send as bearer token;
 * `port`: 0 takes a free one.
 * @returns The gateway, listening on loopback.
 */
export async function startGateway(options: {
  readonly backend: () => RedisBackend;
  readonly token: string;
  readonly port: number;
}): Promise<Gateway> {
  const state = { backend: options.backend, tokenHash: hash(`Bearer ${options.token}`), requests: 0, commands: 0 };
  const server = createServer((request, response) => {
    answer(request, state)
      .catch((error: unknown) => refuse(400, messageOf(error)))
      .then((result) => send(response, result))
      .catch(() => response.destroy());
  });
  const port = await listen(server, options.port);
  return { url: `http://127.0.0.1:${port}`, stats: () => statsOf(state), close: () => closeServer(server) };
}

async function answer(request: IncomingMessage, state: GatewayState): Promise<Answer> {
  if (!timingSafeEqual(hash(request.headers.authorization ?? ""), state.tokenHash)) {
    return refuse(401, "Unauthorized");
  }
  if (request.method === "GET" && request.url === "/stats") {
    return { status: 200, body: statsOf(state) };
  }
  if (request.method !== "POST") {
    return refuse(405, "ERR only POST is supported");
  }
  const body = await readBody(request, BODY_BYTES_MAX);
  if (body === null) {
    return refuse(413, `ERR max request size exceeded. Limit: ${BODY_BYTES_MAX} bytes`);
  }
  state.requests += 1;
  const encode = request.headers["upstash-encoding"] === "base64" ? encodeOutcome : keepOutcome;
  const route = (request.url ?? "/").replace(/\/+$/u, "");
  return route === "" ? executeOne(parseJson(body), encode, state) : executeList(route, parseJson(body), encode, state);
}

async function executeOne(body: unknown, encode: Encode, state: GatewayState): Promise<Answer> {
  const command = parseCommand(body);
  if (command === null) {
    return refuse(400, "ERR failed to parse command");
  }
  const refusal = refusalOf(command);
  if (refusal !== null) {
    return refuse(400, refusal);
  }
  state.commands += 1;
  const outcome = await state.backend().run(command);
  return { status: "error" in outcome ? 400 : 200, body: encode(outcome) };
}

async function executeList(route: string, body: unknown, encode: Encode, state: GatewayState): Promise<Answer> {
  if (route !== "/pipeline" && route !== "/multi-exec") {
    return refuse(404, `ERR there is nothing at ${route}`);
  }
  const commands = parseCommands(body);
  if (commands === null) {
    return refuse(400, "ERR failed to parse the list of commands");
  }
  const refusal = commands.map(refusalOf).find((reason) => reason !== null);
  if (refusal !== undefined) {
    return refuse(400, refusal);
  }
  state.commands += commands.length;
  const backend = state.backend();
  const outcomes = await (route === "/pipeline" ? backend.pipeline(commands) : backend.transaction(commands));
  return { status: 200, body: outcomes.map(encode) };
}

function statsOf({ requests, commands }: GatewayState): GatewayStats {
  return { requests, commands };
}

function refusalOf([name]: Command): string | null {
  if (!CONNECTION_COMMANDS.has(name.toUpperCase())) {
    return null;
  }
  return `ERR ${name.toUpperCase()} needs a connection of its own and is not supported over REST`;
}

function encodeOutcome(outcome: Outcome): Outcome {
  return "error" in outcome ? outcome : { result: encodeReply(outcome.result) };
}

function keepOutcome(outcome: Outcome): Outcome {
  return outcome;
}

function refuse(status: number, error: string): Answer {
  return { status, body: { error } };
}

function send(response: ServerResponse, { status, body: value }: Answer): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json", "content-length": body.byteLength }).end(body);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
