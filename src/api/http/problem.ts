import { z } from "@hono/zod-openapi";

/** One thing that is wrong with a request. */
export interface ProblemIssue {
  /** JSON Pointer into the body, or the name of a parameter. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null;
  /** Place in a recipe's text, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Every refusal, as RFC 9457 has it. */
export const ProblemBody = z
  .object({
    type: z.string().openapi({ description: "Where the reference explains `code`." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What is wrong here, and what to do." }),
    code: z.string().openapi({ description: "Stable name, for programs." }),
    requestId: z.string().openapi({ description: "Names the request in the log." }),
    issues: z
      .array(
        z.object({
          path: z.string(),
          code: z.string(),
          message: z.string(),
          hint: z.string().nullable().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional()
      .openapi({ description: "Every single thing that is wrong with the request." }),
  })
  .openapi("Problem");

/** Every way a request can end without success. Nothing outside this file knows status numbers of failures. */
const PROBLEMS = {
  malformed_body: { status: 400, title: "The body cannot be read" },
  invalid_payload: { status: 400, title: "The payload is not what the signal asks for" },
  invalid_request: { status: 400, title: "The request is not valid" },
  unauthorized: { status: 401, title: "An API key is needed" },
  forbidden: { status: 403, title: "The API key does not allow this" },
  not_found: { status: 404, title: "There is nothing here" },
  workflow_not_found: { status: 404, title: "There is no such workflow" },
  version_not_found: { status: 404, title: "The workflow has no such version" },
  run_not_found: { status: 404, title: "There is no such run" },
  key_not_found: { status: 404, title: "There is no such API key" },
  step_not_found: { status: 404, title: "The run has no such step" },
  signal_not_found: { status: 404, title: "The run waits for no such signal" },
  method_not_allowed: { status: 405, title: "The method is not allowed here" },
  body_timeout: { status: 408, title: "The body did not arrive in time" },
  run_state_conflict: { status: 409, title: "The run's state does not allow this" },
  workflow_disabled: { status: 409, title: "The workflow takes no new runs" },
  idempotency_conflict: { status: 409, title: "The idempotency key was used for another request" },
  key_exists: { status: 409, title: "The name of the key is taken" },
  count_mismatch: { status: 409, title: "The runs are not as many as expected" },
  address_expired: { status: 410, title: "The address has expired" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  invalid_recipe: { status: 422, title: "The recipe is not valid" },
  invalid_input: { status: 422, title: "The input is not valid" },
  too_many_attempts: { status: 429, title: "Too many wrong API keys or addresses" },
  internal_error: { status: 500, title: "Something went wrong in here" },
  misconfigured: { status: 500, title: "The deployment is not configured" },
  unavailable: { status: 503, title: "A part of the service cannot be reached" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** Stable name of a way to fail. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Every way to fail, in the order of status numbers. */
export const PROBLEM_CODES: readonly ProblemCode[] = Object.keys(PROBLEMS).filter(isProblemCode);

/** A refusal on its way to the client. */
export interface Problem {
  readonly kind: "problem";
  readonly code: ProblemCode;
  /** Names the thing and the fix. */
  readonly detail: string;
  readonly issues?: readonly ProblemIssue[];
  /** More members of the problem object, such as the state of the run that is in the way. */
  readonly members?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Tells what a way to fail is, for the reference.
 *
 * @param code - The way to fail.
 * @returns Its status number and title.
 */
export function describeProblem(code: ProblemCode): { readonly status: number; readonly title: string } {
  return PROBLEMS[code];
}

const RETRY_AFTER_SECONDS = "2";

/**
 * Makes a refusal.
 *
 * @param code - The way to fail.
 * @param detail - Names the thing and the fix.
 * @param more - Issues, further members and headers.
 * @returns The refusal.
 */
export function problem(
  code: ProblemCode,
  detail: string,
  more: Pick<Problem, "issues" | "members" | "headers"> = {},
): Problem {
  return { kind: "problem", code, detail, ...more };
}

/**
 * Makes the refusal of a request that a part of the service could not answer in time.
 *
 * @param detail - Which part, and what to do.
 * @returns The refusal, with the time after which to try again.
 */
export function unavailable(detail: string): Problem {
  return problem("unavailable", detail, { headers: { "Retry-After": RETRY_AFTER_SECONDS } });
}

/**
 * Tells the client why a shard gave no answer.
 *
 * @param failure - What came back over RPC.
 * @returns 503 for what may work in a moment, else a fault of ours.
 */
export function refuseUnanswered(failure: { readonly code: string; readonly message: string }): Problem {
  return failure.code.endsWith("_unavailable")
    ? unavailable(`${failure.message}; try again in a moment`)
    : problem("internal_error", "the change could not be made; it is in the log with the id of this request");
}

/**
 * Writes a refusal as an RFC 9457 problem.
 *
 * @param refusal - The refusal.
 * @param requestId - Names the request in the answer and in the log.
 * @returns The answer.
 */
export function renderProblem(refusal: Problem, requestId: string): Response {
  const { code, detail, issues, members, headers } = refusal;
  const { status, title } = PROBLEMS[code];
  const type = `/api/docs#problem-${code}`;
  const body = {
    type,
    title,
    status,
    detail,
    code,
    requestId,
    ...members,
    ...(issues === undefined ? {} : { issues }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...headers },
  });
}

function isProblemCode(name: string): name is ProblemCode {
  return name in PROBLEMS;
}
