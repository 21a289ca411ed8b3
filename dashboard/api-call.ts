import type { Json, ValueIssue } from "./model/api-types.ts";
import { apiKey, dropRefusedKey } from "./state/api-key.ts";

/** Why a call gave nothing. `unreachable`: no answer came, or none in time. `aborted`: nobody wants it any more. */
export interface ApiProblem {
  readonly kind: "refused" | "unreachable" | "aborted";
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  /** The API's stable name of the problem; empty when there was no answer. */
  readonly code: string;
  readonly detail: string;
  /** What is wrong with the parts of what was sent. */
  readonly issues: readonly ValueIssue[];
}

/** What a call gave. */
export type ApiResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ApiProblem };

/** A call of the API. */
export interface Call {
  readonly method?: "GET" | "POST";
  /** Below `/api/`. */
  readonly path: string;
  readonly body?: Json;
  /** The body as JSON that is written already. */
  readonly bodyText?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The key to send; without it the one in use. */
  readonly key?: string;
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}

const CALL_TIMEOUT_MS = 15_000;
const ABORTED: ApiProblem = { kind: "aborted", status: null, code: "", detail: "", issues: [] };

/**
 * Calls the API. A refused key is forgotten, so that the page asks for another.
 *
 * @param call - The call.
 * @returns The answer, or why there is none; never throws.
 */
export async function callApi<Value>(call: Call): Promise<ApiResult<Value>> {
  const deadline = AbortSignal.timeout(CALL_TIMEOUT_MS);
  try {
    const signal = call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]);
    const key = call.key ?? apiKey.value ?? "";
    const response = await send({ ...call, key, signal });
    if (!response.ok) return { ok: false, problem: await readProblem(response, key) };
    const value: Value = await response.json();
    return { ok: true, value };
  } catch {
    return { ok: false, problem: call.signal?.aborted === true ? ABORTED : unreachable(deadline.aborted) };
  }
}

/**
 * Opens an event stream.
 *
 * @param path - Below `/api/`.
 * @param signal - Ends the stream.
 * @returns The answer, whatever it is; null when none came in time.
 */
export async function openEventStream(path: string, signal: AbortSignal): Promise<Response | null> {
  // The deadline is for the answer to begin; the stream itself is watched by its reader.
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), CALL_TIMEOUT_MS);
  try {
    const key = apiKey.value ?? "";
    const response = await send({
      path,
      key,
      headers: { Accept: "text/event-stream" },
      signal: AbortSignal.any([signal, deadline.signal]),
    });
    if (response.status === 401) dropRefusedKey(key, "The API refused the key.");
    return response;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function send({ method = "GET", path, body, headers, key = "", signal, ...call }: Call): Promise<Response> {
  const text = body === undefined ? call.bodyText : JSON.stringify(body);
  return fetch(`./api/${path}`, {
    method,
    signal: signal ?? null,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(text === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
}

async function readProblem(response: Response, key: string): Promise<ApiProblem> {
  const problem: Partial<ApiProblem> = await response.json().catch(() => ({}));
  const detail = problem.detail ?? `the answer was ${response.status} ${response.statusText}`;
  if (response.status === 401) dropRefusedKey(key, `The API refused the key: ${detail}.`);
  return { kind: "refused", status: response.status, code: problem.code ?? "", detail, issues: problem.issues ?? [] };
}

function unreachable(isLate: boolean): ApiProblem {
  const detail = isLate
    ? `the API did not answer within ${CALL_TIMEOUT_MS / 1000} s`
    : "the API cannot be reached; is the stack running?";
  return { kind: "unreachable", status: null, code: "", detail, issues: [] };
}
