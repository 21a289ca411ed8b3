/** The start of a body. */
export interface BodyStart {
  readonly bytes: Uint8Array;
  /** Whether the body went on. */
  readonly truncated: boolean;
}

/**
 * Reads a body up to a limit and leaves the rest unread, so that neither a large nor an endless one fills the memory.
 *
 * @param response - A response whose body nobody has read. The signal that its `fetch` was given ends the reading too.
 * @param bytesMax - How many bytes to read at most.
 * @returns The bytes read; rejects when the connection breaks or the signal fires.
 */
export async function readBodyStart(response: Response, bytesMax: number): Promise<BodyStart> {
  if (response.body === null) {
    return { bytes: new Uint8Array(), truncated: false };
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const start = await readChunks(reader, bytesMax);
  discard(reader.cancel());
  return start;
}

/**
 * Lets go of a response nobody wants to read, so that its connection is free again.
 *
 * @param response - The response.
 */
export function discardBody(response: Response): void {
  if (response.body !== null) {
    discard(response.body.cancel());
  }
}

async function readChunks(reader: ReadableStreamDefaultReader<Uint8Array>, bytesMax: number): Promise<BodyStart> {
  const chunks: Uint8Array[] = [];
  let room = bytesMax;
  for (;;) {
    const chunk = await reader.read();
    if (chunk.done) {
      return { bytes: join(chunks, bytesMax - room), truncated: false };
    }
    chunks.push(chunk.value.subarray(0, room));
    if (chunk.value.byteLength > room) {
      return { bytes: join(chunks, bytesMax), truncated: true };
    }
    room -= chunk.value.byteLength;
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

// Canceling a stream that has already failed rejects with that failure, which concerns nobody any more.
function discard(canceling: Promise<void>): void {
  canceling.catch(() => undefined);
}
