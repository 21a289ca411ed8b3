import type { Json } from "../../domain/json.ts";
import { parseStrictJson } from "../../language/json-text.ts";
import { renderAnswer, SUCCESS_STATUS } from "../http/answer.ts";
import { FailureLimit } from "../http/failure-limit.ts";
import { INPUT_BYTES_MAX } from "../http/fields.ts";
import { mediaTypeOf } from "../http/parse-request.ts";
import { describeProblem, problem, type Problem, renderProblem } from "../http/problem.ts";
import { readBody } from "../http/read-body.ts";
import type { RequestScope } from "../http/request-scope.ts";
import { refusePayload } from "../runs/refusals.ts";
import type { ApiServices } from "../services.ts";
import { describeAsk, type SignalAsk, viewAsk } from "./ask.ts";
import { SignalNameParam } from "./contract.ts";
import type { FormState } from "./field-html.ts";
import { readForm } from "./form-values.ts";
import { planForm } from "./form.ts";
import { deliverSignal } from "./handlers.ts";
import { contentPolicy, writeAnsweredPage, writeAskPage, writeRefusalPage } from "./page.ts";
import { idempotencyKeyOf, verifySignalProof } from "./proof.ts";

/** What an address comes to. */
type LinkAnswer =
  /** What is asked, and nothing was done. */
  | { readonly kind: "asked"; readonly ask: SignalAsk }
  | { readonly kind: "sent"; readonly ask: SignalAsk; readonly isReplay: boolean }
  /** The payload is not what is asked for; the form keeps what was sent. */
  | ({ readonly kind: "refused"; readonly ask: SignalAsk; readonly refusal: Problem } & Pick<FormState, "sent">)
  | Problem;

/** A payload, and how it came; or why there is none. */
type PayloadReading =
  | ({ readonly kind: "payload"; readonly payload: Json } & Pick<FormState, "sent">)
  | Extract<LinkAnswer, { kind: "refused" }>
  | Problem;

/** An address that was followed, by one whom it lets in. */
interface OpenLink {
  readonly kind: "open";
  readonly ask: SignalAsk;
  readonly idempotencyKey: string;
  /** As events name who signals by it: after the step that made it. */
  readonly actor: string;
}

/** What the addresses begin with. */
export const SIGNALS_PATH = "/signals/";

const PATH = /^\/signals\/([^/]+)\/([^/]+)$/;

const FORM_TYPE = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** The address is a credential: it must not be kept, found or told to another site. */
const PRIVATE_HEADERS = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Robots-Tag": "noindex, nofollow, noarchive",
  "X-Content-Type-Options": "nosniff",
};

/** Wrong addresses are counted apart from wrong keys: who has one of the two is not kept from using it. */
const failures = new WeakMap<ApiServices, FailureLimit>();

/**
 * Answers at `/signals/<proof>/<name>`. The proof is the credential, no key is needed. A GET only shows what is asked,
 * so that programs which follow every link in a mail answer nothing; a POST sends the signal.
 *
 * @param scope - The request's.
 * @param request - The request.
 * @returns A page, or JSON for who sends or accepts that.
 */
export async function serveSignalLink(scope: RequestScope, request: Request): Promise<Response> {
  const answer = await answerLink(scope, request);
  return answer.kind === "problem"
    ? renderLinkProblem(request, answer, scope.requestId)
    : renderLink(request, answer, scope.requestId);
}

/**
 * Writes a refusal for who followed an address: as a page, but for programs.
 *
 * @param request - The request.
 * @param refusal - The refusal.
 * @param requestId - Names the request in the log.
 * @returns The answer.
 */
export function renderLinkProblem(request: Request, refusal: Problem, requestId: string): Response {
  const headers = { ...PRIVATE_HEADERS, ...refusal.headers };
  return acceptsJson(request)
    ? renderProblem({ ...refusal, headers }, requestId)
    : renderPage(writeRefusalPage(refusal), describeProblem(refusal.code).status, headers);
}

async function answerLink(scope: RequestScope, request: Request): Promise<LinkAnswer> {
  const { method } = request;
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    const detail = `${method} is not allowed here; GET shows what is asked, POST answers it`;
    return problem("method_not_allowed", detail, { headers: { Allow: "GET, HEAD, POST" } });
  }
  const link = await openLink(scope, request);
  if (link.kind === "problem") {
    return link;
  }
  const { ask, idempotencyKey, actor } = link;
  if (method !== "POST") {
    return { kind: "asked", ask };
  }
  if (ask.state === "answered") {
    return { kind: "sent", ask, isReplay: true };
  }
  const read = await readPayload(request, ask);
  if (read.kind !== "payload") {
    return read;
  }
  const { payload, sent } = read;
  const signal = { type: "signal" as const, name: ask.name, idempotencyKey, payload, actor };
  const answer = await deliverSignal(scope.services.shards, ask.runId, signal);
  if (answer.kind !== "problem") {
    return { kind: "sent", ask, isReplay: answer.body.status === "replayed" };
  }
  return answer.code === "invalid_payload" ? { kind: "refused", ask, sent, refusal: answer } : answer;
}

async function openLink(scope: RequestScope, request: Request): Promise<OpenLink | Problem> {
  const { settings, now, database } = scope.services;
  const [, text = "", name = ""] = PATH.exec(new URL(request.url).pathname) ?? [];
  const verified = verifySignalProof(text, settings.signalUrls.signingKeys, now());
  if (verified.kind === "forged") {
    return refuseForged(scope, request);
  }
  const { runId, stepKey, expiresAt } = verified.proof;
  if (verified.kind === "expired") {
    return problem("address_expired", `it was good until ${expiresAt.toISOString()}; ask for a new one`);
  }
  const parsed = SignalNameParam.safeParse(name);
  if (!parsed.success) {
    return problem("signal_not_found", `\`${name.slice(0, 100)}\` is no name of a signal`);
  }
  const idempotencyKey = idempotencyKeyOf(text, name);
  const record = await database.signals.findWaitingSignal(runId, name, idempotencyKey);
  if (record === null) {
    return problem("run_not_found", "the run is not kept any more");
  }
  const ask = describeAsk(record, name, verified.proof);
  return "code" in ask ? ask : { kind: "open", ask, idempotencyKey, actor: `link:${stepKey}` };
}

/** Says no more than any address that is not there; who tries one after the other is told to wait. */
function refuseForged(scope: RequestScope, request: Request): Problem {
  const { services } = scope;
  const address = scope.addressOf(request.headers);
  const limit = failures.get(services) ?? new FailureLimit();
  failures.set(services, limit);
  const waitMs = address === null ? 0 : limit.waitMs(address, services.now());
  if (address !== null) {
    limit.note(address, services.now());
  }
  return waitMs === 0
    ? problem("not_found", "check that the address is whole: it may have been cut where it was copied")
    : problem("too_many_attempts", "too many wrong addresses were tried from here; check it and wait", {
        headers: { "Retry-After": String(Math.ceil(waitMs / 1000)) },
      });
}

async function readPayload(request: Request, ask: SignalAsk): Promise<PayloadReading> {
  const type = mediaTypeOf(request);
  const body = await readBody(request, INPUT_BYTES_MAX);
  if (body.kind === "problem") {
    return body;
  }
  if (type === FORM_TYPE) {
    const sent = new URLSearchParams(body.text);
    const read = readForm(planForm(ask.schema), sent);
    return read.ok
      ? { kind: "payload", payload: read.payload, sent }
      : { kind: "refused", ask, sent, refusal: refusePayload(read.issues) };
  }
  if (body.text === "") {
    return { kind: "payload", payload: null, sent: null };
  }
  if (type !== JSON_TYPE) {
    return problem("unsupported_media_type", `send the payload as \`${JSON_TYPE}\`, or a form as \`${FORM_TYPE}\``);
  }
  const read = parseStrictJson(body.text, "data");
  return read.ok
    ? { kind: "payload", payload: read.value, sent: null }
    : problem("malformed_body", read.message, {
        issues: read.path === null ? [] : [{ path: read.path, code: "malformed_body", message: read.message }],
      });
}

function renderLink(request: Request, answer: Exclude<LinkAnswer, Problem>, requestId: string): Response {
  const isJson = acceptsJson(request);
  const { ask } = answer;
  switch (answer.kind) {
    case "asked": {
      const html = () => (ask.state === "answered" ? writeAnsweredPage(ask, true) : writeAskPage(ask, NOTHING_SENT));
      return isJson
        ? renderAnswer({ kind: "ok", body: viewAsk(ask), headers: PRIVATE_HEADERS })
        : renderPage(html(), SUCCESS_STATUS.ok, PRIVATE_HEADERS);
    }
    case "sent": {
      const body = { status: answer.isReplay ? "replayed" : "accepted", runId: ask.runId };
      return isJson
        ? renderAnswer({ kind: "accepted", body, headers: PRIVATE_HEADERS })
        : renderPage(writeAnsweredPage(ask, answer.isReplay), SUCCESS_STATUS.accepted, PRIVATE_HEADERS);
    }
    case "refused": {
      const { refusal, sent } = answer;
      return isJson
        ? renderLinkProblem(request, refusal, requestId)
        : renderPage(
            writeAskPage(ask, { sent, issues: refusal.issues ?? [] }),
            describeProblem(refusal.code).status,
            PRIVATE_HEADERS,
          );
    }
  }
}

const NOTHING_SENT: FormState = { sent: null, issues: [] };

function renderPage(html: string, status: number, headers: Readonly<Record<string, string>>): Response {
  const type = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": contentPolicy() };
  return new Response(html, { status, headers: { ...type, ...headers } });
}

/** A browser names HTML among what it accepts, whatever else; a program that sends JSON wants it back. */
function acceptsJson(request: Request): boolean {
  const accepted = request.headers.get("Accept") ?? "";
  return !accepted.includes("text/html") && (accepted.includes(JSON_TYPE) || mediaTypeOf(request) === JSON_TYPE);
}
