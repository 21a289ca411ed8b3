import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { CallLog, FlakyLog } from "./demo-calls.ts";
import { catFact, joke, todoById, todosOfUser, userById } from "./demo-data.ts";
import { answerSample } from "./demo-samples.ts";
import { closeServer, listen, readBody } from "./http-server.ts";

const BODY_BYTES_MAX = 1024 * 1024;
const SLOW_MS_MAX = 600_000;

/** A running demo API. */
export interface DemoApi {
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Call {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly query: URLSearchParams;
}

interface Logs {
  readonly calls: CallLog;
  readonly flaky: FlakyLog;
}

/**
 * Starts the API that the demo recipes, the samples in `examples` and the tests call.
 * `/joke`, `/users/{id}`, `/cat/fact`, `/todos?userId=`, `/todos/{id}`; `/flaky?key=&fails=2` answers 503 that often for
 * each key; `/slow?ms=`; `/status/{code}?retryAfter=`; `/echo`; `GET /calls` tells what was called, with `?key=` what
 * `/flaky` saw; `DELETE /calls` forgets it.
 *
 * @param port - 0 takes a free one.
 * @returns The API, listening on loopback.
 */
export async function startDemoApi(port: number): Promise<DemoApi> {
  const logs: Logs = { calls: new CallLog(), flaky: new FlakyLog() };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://demo");
    answer({ request, path: url.pathname, query: url.searchParams }, logs)
      .then((result) => send(response, result))
      .catch(() => response.destroy());
  });
  const bound = await listen(server, port);
  return { url: `http://127.0.0.1:${bound}`, close: () => closeServer(server) };
}

async function answer(call: Call, logs: Logs): Promise<Answer> {
  if (call.path === "/calls") {
    return answerCalls(call, logs);
  }
  logs.calls.open(idempotencyKeyOf(call.request));
  try {
    return answerData(call) ?? (await answerSampleCall(call)) ?? (await answerBehaviour(call, logs.flaky));
  } finally {
    logs.calls.close();
  }
}

function answerCalls(call: Call, logs: Logs): Answer {
  if (call.request.method === "DELETE") {
    logs.calls.clear();
    logs.flaky.clear();
    return ok({});
  }
  const key = call.query.get("key");
  return ok(key === null ? logs.calls.counts() : logs.flaky.read(key));
}

function answerData({ path, query }: Call): Answer | null {
  const [, collection, id] = path.split("/");
  if (path === "/joke") {
    return ok(joke());
  }
  if (path === "/cat/fact") {
    return ok(catFact());
  }
  if (path === "/todos") {
    return ok(todosOfUser(Number(query.get("userId") ?? "1")));
  }
  if (collection === "users" && id !== undefined) {
    return found(userById(Number(id)));
  }
  if (collection === "todos" && id !== undefined) {
    return found(todoById(Number(id)));
  }
  return null;
}

async function answerSampleCall({ request, path, query }: Call): Promise<Answer | null> {
  return answerSample({
    route: `${request.method} ${path}`,
    query,
    readJson: async () => {
      const text = await readBody(request, BODY_BYTES_MAX);
      if (text === null) throw new Error(`the body is larger than ${BODY_BYTES_MAX} bytes`);
      return parseBody(text);
    },
  });
}

async function answerBehaviour(call: Call, flaky: FlakyLog): Promise<Answer> {
  if (call.path === "/flaky") {
    return answerFlaky(call, flaky);
  }
  if (call.path === "/slow") {
    return answerSlow(call.query);
  }
  if (call.path === "/echo") {
    return answerEcho(call);
  }
  if (call.path.startsWith("/status/")) {
    return answerStatus(call);
  }
  return { status: 404, body: { error: `There is nothing at ${call.path}.` } };
}

function answerFlaky({ request, query }: Call, flaky: FlakyLog): Answer {
  const key = query.get("key") ?? "";
  const calls = flaky.record(key, idempotencyKeyOf(request));
  if (calls > Number(query.get("fails") ?? "2")) {
    return ok({ ok: true, key, calls });
  }
  return { status: 503, body: { error: "Flaky by design: try again.", key, calls } };
}

async function answerSlow(query: URLSearchParams): Promise<Answer> {
  const ms = Math.min(Math.max(Number(query.get("ms") ?? "1000") || 0, 0), SLOW_MS_MAX);
  // Unreferenced: a slow answer must not keep a stopped stack alive.
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
  return ok({ ok: true, ms });
}

async function answerEcho({ request, path, query }: Call): Promise<Answer> {
  const text = await readBody(request, BODY_BYTES_MAX);
  if (text === null) {
    return { status: 413, body: { error: `The body is larger than ${BODY_BYTES_MAX} bytes.` } };
  }
  const { method, headers } = request;
  return ok({ method, path, query: Object.fromEntries(query), headers, body: parseBody(text) });
}

function answerStatus({ path, query }: Call): Answer {
  const status = Number(path.slice("/status/".length));
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    return { status: 400, body: { error: "The status must be between 200 and 599." } };
  }
  const retryAfter = query.get("retryAfter");
  return { status, body: { status }, ...(retryAfter === null ? {} : { headers: { "retry-after": retryAfter } }) };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function idempotencyKeyOf(request: IncomingMessage): string | null {
  const value = request.headers["idempotency-key"];
  return typeof value === "string" ? value : null;
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function found(body: unknown): Answer {
  return body === null ? { status: 404, body: { error: "There is no such thing." } } : ok(body);
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isEmpty = status === 204 || status === 304;
  const bytes = Buffer.from(isEmpty ? "" : JSON.stringify(body));
  const length = isEmpty ? {} : { "content-type": "application/json", "content-length": String(bytes.byteLength) };
  response.writeHead(status, { ...length, ...headers }).end(bytes);
}
