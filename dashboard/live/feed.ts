import { type SseMessage, SseParser } from "../model/sse-parser.ts";

/** How fresh a page is, for its badge. */
export type FeedState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "polling" }
  | { readonly kind: "reconnecting"; readonly retryAtMs: number }
  | { readonly kind: "paused" }
  | { readonly kind: "final" };

/** What opening a stream gave: the stream, the news that it is over or that this API has none, or a failure. */
export type StreamAnswer =
  | { readonly kind: "over" }
  | { readonly kind: "stream"; readonly body: ReadableStream<Uint8Array> }
  | { readonly kind: "none" }
  | { readonly kind: "failed" };

/** What asking once gave. `ended` means that nothing more will come. */
export type PollAnswer = "changed" | "unchanged" | "ended" | "failed";

/** What a message means for the connection. `gap` asks to connect again from what is known. */
export type MessageVerdict = "go_on" | "gap";

/** Where a feed gets its news. All three are told by the signal when they are no longer wanted. */
export interface FeedSource {
  /** Opens the stream after what is known already. */
  openStream(signal: AbortSignal): Promise<StreamAnswer>;
  /** Asks once, where there is no stream. */
  poll(signal: AbortSignal): Promise<PollAnswer>;
  /** Takes a message; `end` and `reconnect` are not passed on. */
  take(message: SseMessage): MessageVerdict;
}

/** What a feed needs of the page around it. */
export interface FeedPlace {
  isHidden(): boolean;
  /** Resolves when the page can be seen again, or the signal is aborted. */
  untilVisible(signal: AbortSignal): Promise<void>;
  /** Resolves when the time has passed, or the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  nowMs(): number;
  report(state: FeedState): void;
}

const POLL_MS_MIN = 1_000;
const POLL_MS_MAX = 5_000;
const POLL_GROWTH = 1.5;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
/** A server that asks to reconnect at once, again and again, must not make this page busy. */
const RECONNECT_MS = 50;
/** The server ends each connection within 25 s, so a longer silence means that nobody is there. */
const SILENCE_MS_MAX = 40_000;

type Outcome = PollAnswer | "reconnect" | "no_stream" | "interrupted";

/**
 * Keeps a page up to date: over the event stream, or by asking again and again where there is none. Lets go of its
 * connection while the page is hidden, since a browser opens only six to one server.
 */
export class Feed {
  readonly #source: FeedSource;
  readonly #place: FeedPlace;
  readonly #closing = new AbortController();
  #attempt = new AbortController();
  #hasStream = true;
  #failures = 0;
  #pollMs = POLL_MS_MIN;

  /**
   * @param source - Where the news comes from.
   * @param place - The page around it.
   */
  constructor(source: FeedSource, place: FeedPlace) {
    this.#source = source;
    this.#place = place;
  }

  /** Runs until the source has ended or the feed is closed. */
  async run(): Promise<void> {
    this.#place.report({ kind: "connecting" });
    while (!this.#closing.signal.aborted) {
      this.#attempt = new AbortController();
      const signal = AbortSignal.any([this.#closing.signal, this.#attempt.signal]);
      if (this.#place.isHidden()) {
        this.#place.report({ kind: "paused" });
        await this.#place.untilVisible(this.#closing.signal);
        continue;
      }
      const answer = this.#hasStream ? await this.#listen(signal) : await this.#source.poll(signal);
      if (this.#closing.signal.aborted) return;
      // What was dropped on purpose has not failed.
      const outcome = answer === "failed" && signal.aborted ? "interrupted" : answer;
      if (outcome === "ended") {
        this.#place.report({ kind: "final" });
        return;
      }
      await this.#place.wait(this.#pauseAfter(outcome), signal);
    }
  }

  /** Drops what the feed is doing and connects at once. Also the way to tell it that the page was hidden. */
  restart(): void {
    this.#attempt.abort();
  }

  /** Ends the feed for good. */
  close(): void {
    this.#closing.abort();
  }

  async #listen(signal: AbortSignal): Promise<Outcome> {
    const answer = await this.#source.openStream(signal);
    switch (answer.kind) {
      case "over":
        return "ended";
      case "none":
        this.#hasStream = false;
        return "no_stream";
      case "failed":
        return "failed";
      case "stream":
        this.#failures = 0;
        this.#place.report({ kind: "live" });
        return this.#read(answer.body, signal);
    }
  }

  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Outcome> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser();
    try {
      while (!signal.aborted) {
        const chunk = await this.#nextChunk(reader, signal);
        if (chunk === null) return "failed";
        const outcome = this.#takeAll(parser.push(decoder.decode(chunk, { stream: true })));
        if (outcome !== null) return outcome;
      }
      return "interrupted";
    } catch {
      // A connection that breaks in the middle: reconnecting is the answer, whatever broke it.
      return "failed";
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  /** Null at the end of the stream, after too long a silence, or when the reader is no longer wanted. */
  async #nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal): Promise<Uint8Array | null> {
    const timer = new AbortController();
    const silence = this.#place.wait(SILENCE_MS_MAX, AbortSignal.any([signal, timer.signal])).then(() => null);
    const chunk = reader.read().then(({ done, value }) => (done ? null : value));
    try {
      return await Promise.race([chunk, silence]);
    } finally {
      timer.abort();
      chunk.catch(() => null);
    }
  }

  #takeAll(messages: readonly SseMessage[]): Outcome | null {
    for (const message of messages) {
      if (message.event === "end") return "ended";
      if (message.event === "reconnect") return "reconnect";
      if (this.#source.take(message) === "gap") return "reconnect";
    }
    return null;
  }

  #pauseAfter(outcome: Exclude<Outcome, "ended">): number {
    switch (outcome) {
      case "no_stream":
      case "interrupted":
        return 0;
      case "reconnect":
        return RECONNECT_MS;
      case "changed":
      case "unchanged":
        this.#failures = 0;
        this.#place.report({ kind: "polling" });
        this.#pollMs = outcome === "changed" ? POLL_MS_MIN : Math.min(this.#pollMs * POLL_GROWTH, POLL_MS_MAX);
        return this.#pollMs;
      case "failed":
        return this.#pauseAfterFailure();
    }
  }

  #pauseAfterFailure(): number {
    const pauseMs = Math.min(RETRY_MS_MIN * 2 ** this.#failures, RETRY_MS_MAX);
    this.#failures += 1;
    this.#place.report({ kind: "reconnecting", retryAtMs: this.#place.nowMs() + pauseMs });
    return pauseMs;
  }
}
