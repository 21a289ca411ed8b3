const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Names a request: by the client's own id, where it sent a plain one, so that its logs and ours can be joined.
 *
 * @param given - The `X-Request-Id` header, or null.
 * @returns The id.
 */
export function chooseRequestId(given: string | null): string {
  return given !== null && CLIENT_ID.test(given) ? given : crypto.randomUUID();
}
