/** An HTTP/1.1 answer, cut out of what a connection received. */
export interface HttpReply {
  readonly status: number;
  readonly body: string;
  /** Bytes of the answer, head and body. */
  readonly byteCount: number;
}

const HEAD_END = "\r\n\r\n";

/**
 * Reads one answer from the start of a buffer.
 *
 * @param received - What has come in so far.
 * @returns The answer, or null when its end is not there yet. Throws for answers without `Content-Length`.
 */
export function readReply(received: Buffer): HttpReply | null {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = received.toString("latin1", 0, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3})/u.exec(head)?.[1]);
  const length = Number(/^content-length: *(\d+) *$/imu.exec(head)?.[1]);
  if (!Number.isInteger(status) || !Number.isInteger(length)) {
    throw new Error(`The load generator reads only answers with Content-Length; this one began: ${head.slice(0, 300)}`);
  }
  const bodyStart = headEnd + HEAD_END.length;
  const byteCount = bodyStart + length;
  return received.byteLength < byteCount
    ? null
    : { status, body: received.toString("utf8", bodyStart, byteCount), byteCount };
}
