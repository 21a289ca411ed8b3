import type { Json } from "../../domain/json.ts";
import type { HttpNode } from "../../domain/plan/plan.ts";
import type { Outcome, StepError } from "../../domain/run/outcome.ts";
import { completed, failed } from "../outcomes.ts";
import type { HttpAnswer, StepPorts } from "../ports.ts";
import type { StepAttempt, StepExecution } from "../step-kind.ts";
import { isExpected } from "./expected-status.ts";
import { keepResponseHeaders } from "./headers.ts";
import { EXCERPT_LENGTH_MAX, RESPONSE_BYTES_MAX, SHOWN_URL_LENGTH_MAX } from "./limits.ts";
import { parseHttpParams } from "./parameters.ts";
import type { HttpParams } from "./parameters.ts";
import { buildRequest, showParams } from "./request.ts";
import { decodeBody, showResponse } from "./response-body.ts";
import { readRetryAfterMs } from "./retry-after.ts";

/** Most characters of a content coding that a message shows. */
const CODING_LENGTH_MAX = 60;

type HttpAttempt = StepAttempt<Pick<HttpNode, "timeoutMs">>;
type Answered = Extract<HttpAnswer, { kind: "answered" }>;

/** What judging an answer takes. */
interface Call {
  readonly params: HttpParams;
  /** The parameters without credentials, for the record. */
  readonly input: Json;
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/**
 * Executes one attempt of an `http` step: checks its parameters, sends the call, judges the answer.
 *
 * @param attempt - The attempt.
 * @param ports - The way to the network, and the clock.
 * @returns `completed` with `{ status, headers, body }`; or `failed` with `http_params`, `request_too_large`,
 *   `address_refused`, `redirect_refused`, `http_status`, `response_not_json`, `response_not_text`,
 *   `response_not_decoded`, `response_too_deep`, `response_too_large`, `output_too_large`, `output_not_storable`, and
 *   retryable with `network_error`, `timeout` and the statuses 408, 425, 429 and 5xx.
 */
export async function executeHttp(attempt: HttpAttempt, ports: StepPorts): Promise<Outcome> {
  const input = showParams(attempt.resolved);
  const parsed = parseHttpParams(attempt.resolved);
  if (!parsed.ok) {
    return failed("http_params", parsed.problems.join("; "), { input });
  }
  const built = buildRequest(parsed.params, attempt.idempotencyKey);
  if (!built.ok) {
    return failed(built.code, built.message, { input });
  }
  const answer = await ports.callHttp(built.request, attempt.signal);
  return judgeAnswer(answer, { params: parsed.params, input, timeoutMs: attempt.node.timeoutMs, now: ports.now });
}

/** How an `http` step is executed. */
export const HTTP_EXECUTION: StepExecution<HttpNode> = {
  template: (node) => node.with,
  missing: "omit",
  execute: executeHttp,
};

function judgeAnswer(answer: HttpAnswer, call: Call): Outcome {
  const { input } = call;
  const http = describeCall(call.params, null);
  switch (answer.kind) {
    case "answered":
      return isExpected(call.params.expect, answer.status) ? readAnswer(answer, call) : refuseStatus(answer, call);
    case "refused":
      return failed(answer.code, answer.message, { input, http });
    case "unreachable": {
      const message = `${http.method} ${http.url} got no whole answer: ${answer.reason}`;
      return failed("network_error", message, { retryable: true, input, http });
    }
    case "aborted": {
      const message = `${http.method} ${http.url} was not done within ${call.timeoutMs} ms: raise the step's \`timeout\` if it needs longer`;
      return failed("timeout", message, { retryable: true, input, http });
    }
  }
}

function readAnswer(answer: Answered, call: Call): Outcome {
  const { status } = answer;
  const { input } = call;
  const http = describeCall(call.params, status);
  if (answer.truncated) {
    const message = `the response to ${http.method} ${http.url} is over ${RESPONSE_BYTES_MAX} bytes: ask the API for less, for instance a page or fewer fields`;
    return failed("response_too_large", message, { input, http });
  }
  if (answer.unread !== null) {
    return refuseCoding(answer.unread, http, input);
  }
  const decoded = decodeBody(answer.body, answer.headers["content-type"], call.params.response);
  if (!decoded.ok) {
    return failed(decoded.code, decoded.message, { input, http });
  }
  return completed({ status, headers: keepResponseHeaders(answer.headers), body: decoded.body }, input);
}

// A broken coding is an answer that was lost on its way; an unknown one comes again with each try.
function refuseCoding(
  { coding, isKnown }: NonNullable<Answered["unread"]>,
  http: NonNullable<StepError["http"]>,
  input: Json,
): Outcome {
  const name = coding.slice(0, CODING_LENGTH_MAX);
  if (isKnown) {
    const message = `${http.method} ${http.url} got no whole answer: its body breaks off or is not ${name}, as its headers say it is`;
    return failed("network_error", message, { retryable: true, input, http });
  }
  const message = `the response to ${http.method} ${http.url} has the content coding \`${name}\`, which cannot be undone: ask the API for another with the header \`accept-encoding\``;
  return failed("response_not_decoded", message, { input, http });
}

function refuseStatus(answer: Answered, call: Call): Outcome {
  const { status } = answer;
  const http = describeCall(call.params, status);
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500;
  const retryAfterMs = retryable ? readRetryAfterMs(answer.headers["retry-after"], call.now()) : null;
  const expected = call.params.expect.join(", ");
  const message = `${http.method} ${http.url} answered ${status}, the step expects ${expected}${quoteBody(answer)}`;
  return failed("http_status", message, { retryable, retryAfterMs, input: call.input, http });
}

// Quotes the start of a body, where APIs say what they did not like.
function quoteBody(answer: Answered): string {
  const text = showResponse(answer.body, answer.headers["content-type"]).replaceAll(/\s+/g, " ").trim();
  const excerpt = text.length > EXCERPT_LENGTH_MAX ? `${text.slice(0, EXCERPT_LENGTH_MAX)}...` : text;
  return excerpt === "" ? "" : `: ${excerpt}`;
}

// Names a call without its query, which often carries keys. The URL is one that `parseHttpParams` let through.
function describeCall(params: HttpParams, status: number | null): NonNullable<StepError["http"]> {
  const { origin, pathname } = new URL(params.url);
  return { status, url: `${origin}${pathname}`.slice(0, SHOWN_URL_LENGTH_MAX), method: params.method };
}
