import type { Problem } from "./problem.ts";
import { problem } from "./problem.ts";

/** The body as text (`""` when there is none), or why it was refused. */
export type BodyText = { readonly kind: "text"; readonly text: string } | Problem;

/** A client that sends a body has this long for all of it, in ms. */
const BODY_TIMEOUT_MS = 15_000;

/** Who sends more than this in vain, or for longer, sees the connection cut in place of the answer. */
const DRAINED_BYTES_MAX = 32 * 1024 * 1024;
const DRAIN_MS_MAX = 5_000;

/**
 * Reads a request's body.
 *
 * @param request - The request.
 * @param bytesMax - Longer bodies are refused, before or while they arrive.
 * @returns The text, or the refusal: too large, too slow, or no UTF-8.
 */
export async function readBody(request: Request, bytesMax: number): Promise<BodyText> {
  const announcedBytes = Number(request.headers.get("Content-Length") ?? "0");
  if (announcedBytes > bytesMax) {
    return tooLarge(bytesMax);
  }
  if (request.body === null) {
    return { kind: "text", text: "" };
  }
  const bytes = await collect(request.body, bytesMax);
  return bytes instanceof Uint8Array ? decode(bytes) : bytes;
}

async function collect(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array | Problem> {
  const reader = body.getReader();
  const timer = { isUp: false };
  const timeout = setTimeout(() => {
    timer.isUp = true;
    // Ends the read that is waiting, as if the body had ended.
    reader.cancel().catch(() => undefined);
  }, BODY_TIMEOUT_MS);
  try {
    const chunks: Uint8Array[] = [];
    let byteCount = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      byteCount += part.value.byteLength;
      if (byteCount > bytesMax) {
        return tooLarge(bytesMax);
      }
      chunks.push(part.value);
    }
    return timer.isUp
      ? problem("body_timeout", "the body did not arrive within 15 s; send it faster")
      : join(chunks, byteCount);
  } catch {
    return problem("malformed_body", "the body was cut off; send it again");
  } finally {
    clearTimeout(timeout);
    reader.releaseLock();
  }
}

/**
 * Reads on what nobody has read of a request that is answered already. The runtime cuts a connection whose request was
 * not read to its end, and the client then sees the cut in place of the answer.
 *
 * @param request - The request.
 */
export async function drainBody({ body }: Pick<Request, "body">): Promise<void> {
  if (body === null || body.locked) {
    return;
  }
  const reader = body.getReader();
  const timeout = setTimeout(() => {
    reader.cancel().catch(() => undefined);
  }, DRAIN_MS_MAX);
  let byteCount = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      byteCount += part.value.byteLength;
      if (byteCount > DRAINED_BYTES_MAX) {
        await reader.cancel();
        return;
      }
    }
  } catch {
    // The client has gone; nobody waits for the answer.
  } finally {
    clearTimeout(timeout);
  }
}

function join(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) {
    return first;
  }
  const whole = new Uint8Array(byteCount);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

function decode(bytes: Uint8Array): BodyText {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes) };
  } catch {
    return problem("malformed_body", "the body is no UTF-8; save and send it as UTF-8");
  }
}

function tooLarge(bytesMax: number): Problem {
  return problem("body_too_large", `the body has more than ${bytesMax / 1024} KiB; send less`);
}
