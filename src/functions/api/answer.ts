/** A success on its way to the client. */
export interface Answer<Body> {
  readonly kind: "ok" | "created" | "accepted";
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

const STATUS = { ok: 200, created: 201, accepted: 202 } as const satisfies Record<Answer<unknown>["kind"], number>;

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
 * Writes a success.
 *
 * @param answer - The success.
 * @returns The answer.
 */
export function renderAnswer(answer: Answer<unknown>): Response {
  return new Response(JSON.stringify(answer.body), {
    status: STATUS[answer.kind],
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...answer.headers },
  });
}
