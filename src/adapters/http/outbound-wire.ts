import type { Received, SentCall } from "./send.ts";

/** What the outbound client is asked to do. */
export interface OutboundOrder extends SentCall {
  /** Whether a name may stand for a private address. */
  readonly allowPrivateAddresses: boolean;
}

/**
 * How a call travels from the Worker to the outbound client and back: the length of the head in four bytes, the head as
 * JSON, the body as it is. So no runtime on the way reads, joins or decodes any of it. Both ends are Baton's own and of
 * one version.
 */
const LENGTH_BYTES = 4;

/**
 * Packs a call for the outbound client.
 *
 * @param order - The call.
 * @returns Its bytes.
 */
export function encodeOrder(order: OutboundOrder): Uint8Array<ArrayBuffer> {
  const { body, ...head } = order;
  return pack({ ...head, hasBody: body !== null }, body);
}

/**
 * Unpacks a call.
 *
 * @param bytes - What `encodeOrder` made.
 * @returns The call; its body is a view of the bytes.
 */
export function decodeOrder(bytes: Uint8Array): OutboundOrder {
  const { headText, body } = unpack(bytes);
  const head: Omit<OutboundOrder, "body"> & { readonly hasBody: boolean } = JSON.parse(headText);
  const { hasBody, ...order } = head;
  return { ...order, body: hasBody ? body : null };
}

/**
 * Packs what came of a call.
 *
 * @param received - The answer, or why there is none.
 * @returns Its bytes.
 */
export function encodeReceived(received: Received): Uint8Array<ArrayBuffer> {
  if (received.kind !== "received") {
    return pack(received, null);
  }
  const { body, ...head } = received;
  return pack(head, body);
}

/**
 * Unpacks what came of a call.
 *
 * @param bytes - What `encodeReceived` made.
 * @returns The answer, or why there is none; its body is a view of the bytes.
 */
export function decodeReceived(bytes: Uint8Array): Received {
  const { headText, body } = unpack(bytes);
  const head: Received = JSON.parse(headText);
  return head.kind === "received" ? { ...head, body } : head;
}

function pack(head: object, body: Uint8Array | null): Uint8Array<ArrayBuffer> {
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(LENGTH_BYTES + headBytes.byteLength + (body?.byteLength ?? 0));
  new DataView(bytes.buffer).setUint32(0, headBytes.byteLength);
  bytes.set(headBytes, LENGTH_BYTES);
  bytes.set(body ?? [], LENGTH_BYTES + headBytes.byteLength);
  return bytes;
}

function unpack(bytes: Uint8Array): { readonly headText: string; readonly body: Uint8Array } {
  const headEnd = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const headText = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, headEnd));
  return { headText, body: bytes.subarray(headEnd) };
}
