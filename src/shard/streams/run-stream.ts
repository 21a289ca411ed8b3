import type { EventReads } from "../../api/events/port.ts";
import { viewEvent } from "../../api/events/view.ts";
import type { RunId } from "../../domain/ids.ts";
import type { Event } from "../../domain/run/event.ts";
import { isRunEnded, type RunStatus } from "../../domain/run/transitions.ts";
import type { Clock } from "../../runtime/clock.ts";
import { ByteStream, type StreamEnd } from "./byte-stream.ts";
import type { LiveFeed } from "./live-feed.ts";

/** What a stream of a run needs. */
export interface RunStreamOptions {
  readonly runId: RunId;
  /** Number of the last event that the client knows. */
  readonly after: number;
  /** The state of the run, read before the stream was opened. */
  readonly status: RunStatus;
  readonly events: Pick<EventReads, "list">;
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly lastsMs: number;
}

const PAGE_EVENTS = 500;

/**
 * Streams the events of a run as server-sent events: what is in the log after the client's last one, then what is
 * committed. It listens before it reads, and reads again when a number is missing, so there is no gap; a number that was
 * sent is not sent again.
 *
 * @param options - The run, from where, and what it needs.
 * @returns Bytes; the last message is `end` when the run has ended, else `reconnect`.
 */
export function openRunStream(options: RunStreamOptions): ReadableStream<Uint8Array> {
  const stream = new RunStream(options);
  return stream.readable;
}

class RunStream {
  readonly #options: RunStreamOptions;
  readonly #bytes: ByteStream;
  readonly #stopListening: () => void;
  #lastSeq: number;
  #isEnded: boolean;
  /** Events that arrived while the log was read. */
  #pending: Event[] = [];
  #isReading = false;

  constructor(options: RunStreamOptions) {
    this.#options = options;
    this.#lastSeq = options.after;
    this.#isEnded = isRunEnded(options.status);
    this.#stopListening = options.feed.onEvents(options.runId, (events) => {
      this.#take(events);
    });
    this.#bytes = new ByteStream({
      clock: options.clock,
      lastsMs: options.lastsMs,
      atEnd: (end) => this.#finish(end),
    });
    // Something at once, so that whatever lies between passes the head of the answer on.
    this.#bytes.write(": open\n\n");
    void this.#catchUp();
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#bytes.readable;
  }

  #take(events: readonly Event[]): void {
    this.#pending.push(...events);
    if (!this.#isReading) {
      this.#sendPending();
    }
  }

  /** Reads the log up to where the live events go on. */
  async #catchUp(): Promise<void> {
    this.#isReading = true;
    try {
      await this.#readPages();
    } catch {
      this.#bytes.end("failed");
    }
    this.#isReading = false;
    this.#sendPending();
    this.#endIfOver();
  }

  async #readPages(): Promise<void> {
    const { events, runId } = this.#options;
    let page: readonly Event[] | null;
    do {
      page = await events.list(runId, { after: this.#lastSeq, limit: PAGE_EVENTS });
      for (const event of page ?? []) {
        this.#send(event);
      }
    } while (page?.length === PAGE_EVENTS && this.#bytes.isOpen);
  }

  #sendPending(): void {
    const events = this.#pending;
    this.#pending = [];
    for (const event of events) {
      if (event.seq > this.#lastSeq + 1) {
        // Another copy of the shard wrote in between; the log has it.
        void this.#catchUp();
        return;
      }
      if (event.seq > this.#lastSeq) {
        this.#send(event);
      }
    }
    if (events.length > 0) {
      this.#endIfOver();
    }
  }

  #send(event: Event): void {
    this.#lastSeq = event.seq;
    if (event.step === null && event.to !== null) {
      this.#isEnded = isRunEnded(event.to);
    }
    this.#bytes.write(`id: ${event.seq}\ndata: ${JSON.stringify(viewEvent(event))}\n\n`);
  }

  #endIfOver(): void {
    if (this.#isEnded && !this.#isReading) {
      this.#bytes.end("finished");
    }
  }

  #finish(end: StreamEnd): string {
    this.#stopListening();
    const id = `id: ${this.#lastSeq}\n`;
    return end === "finished" ? `${id}event: end\ndata: {}\n\n` : `${id}event: reconnect\ndata: {}\n\n`;
  }
}
