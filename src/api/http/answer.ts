/** Every way a request can succeed. Nothing outside this file knows status numbers of successes. */
export type SuccessKind = "ok" | "created" | "accepted" | "no_content" | "not_modified";

/** A success on its way to the client. */
export interface Answer<Body> {
  readonly kind: SuccessKind;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Status numbers of successes. */
export const SUCCESS_STATUS = {
  ok: 200,
  created: 201,
  accepted: 202,
  no_content: 204,
  not_modified: 304,
} as const satisfies Record<SuccessKind, number>;

/**
 * Makes a success.
 *
 * @param body - The answer, as JSON.
 * @param headers - More headers.
 * @returns The success.
 */
export function ok<Body>(body: Body, headers: Readonly<Record<string, string>> = {}): Answer<Body> {
  return { kind: "ok", body, headers };
}

/**
 * Makes the answer to a client that has the present state already.
 *
 * @param etag - Names that state.
 * @returns The answer, without a body.
 */
export function notModified(etag: string): Response {
  return new Response(null, {
    status: SUCCESS_STATUS.not_modified,
    headers: { ETag: etag, "Cache-Control": "no-cache" },
  });
}

/**
 * Makes an answer that is all in its headers.
 *
 * @param headers - These.
 * @returns The answer.
 */
export function noContent(headers: Readonly<Record<string, string>>): Response {
  return new Response(null, { status: SUCCESS_STATUS.no_content, headers });
}

/**
 * Writes a success.
 *
 * @param answer - The success.
 * @returns The answer.
 */
export function renderAnswer(answer: Answer<unknown>): Response {
  return new Response(JSON.stringify(answer.body), {
    status: SUCCESS_STATUS[answer.kind],
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...answer.headers },
  });
}
