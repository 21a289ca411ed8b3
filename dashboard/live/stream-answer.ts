import type { StreamAnswer } from "./feed.ts";

/**
 * Tells a stream from an API that has none at this address.
 *
 * @param response - The answer to a request for a stream; null when there was none.
 * @returns The stream, `over` when nothing more will come, `none` for a page of JSON or a refusal, `failed` for everything that may pass.
 */
export async function asStreamAnswer(response: Response | null): Promise<StreamAnswer> {
  if (response === null || response.status >= 500 || response.status === 429) return { kind: "failed" };
  if (response.status === 204) return { kind: "over" };
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream") === true;
  if (response.ok && isStream && response.body !== null) return { kind: "stream", body: response.body };
  await response.body?.cancel();
  return { kind: "none" };
}
