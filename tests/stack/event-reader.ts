import { messagesOf, type SentMessage } from "../support/read-stream.ts";
import { ONE_CALL } from "./api-client.ts";
import { waitUntil } from "./wait-until.ts";

/** Where a stream is and how to read it. */
export interface StreamAddress {
  readonly url: string;
  readonly apiKey: string;
  readonly path: string;
}

/** A stream of server-sent events as a client reads it. */
export class EventReader {
  readonly #controller = new AbortController();
  #text = "";
  #isOver = false;

  private constructor() {}

  /** Opens a stream; rejects when the answer is none. */
  static async open({ url, apiKey, path }: StreamAddress): Promise<EventReader> {
    const reader = new EventReader();
    const response = await fetch(`${url}${path}`, {
      headers: { ...ONE_CALL, authorization: `Bearer ${apiKey}`, accept: "text/event-stream" },
      signal: reader.#controller.signal,
    });
    if (response.status !== 200 || response.body === null) {
      throw new Error(`the stream answered ${response.status}`);
    }
    void reader.#read(response.body.pipeThrough(new TextDecoderStream()));
    return reader;
  }

  /** Whether the connection has ended, for whatever reason. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The messages received whole so far. */
  get messages(): readonly SentMessage[] {
    return messagesOf(this.#text.slice(0, this.#text.lastIndexOf("\n\n") + 2));
  }

  /** Waits for a message that fits. */
  async untilMessage(fits: (message: SentMessage) => boolean, until: string): Promise<SentMessage> {
    return waitUntil(() => this.messages.find(fits) ?? null, { until, timeoutMs: 40_000 });
  }

  close(): void {
    this.#controller.abort();
  }

  async #read(chunks: ReadableStream<string>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        this.#text += chunk;
      }
    } catch {
      // Cut by the server's death or by `close`.
    }
    this.#isOver = true;
  }
}
