/** A message of a stream of server-sent events. */
export interface SentMessage {
  readonly id: string | null;
  /** `message` unless the stream names another. */
  readonly event: string;
  readonly data: string;
}

/**
 * Reads a whole stream.
 *
 * @param stream - A stream that ends.
 * @returns Its text.
 */
export async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

/**
 * Takes the messages out of the text of a stream.
 *
 * @param text - Server-sent events.
 * @returns Messages in order; comments are left out.
 */
export function messagesOf(text: string): readonly SentMessage[] {
  return text
    .split("\n\n")
    .map((block) => new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), afterColon(line)])))
    .flatMap((fields) => {
      const data = fields.get("data");
      return data === undefined
        ? []
        : [{ id: fields.get("id") ?? null, event: fields.get("event") ?? "message", data }];
    });
}

function afterColon(line: string): string {
  return line.slice(line.indexOf(":") + 1).trimStart();
}
