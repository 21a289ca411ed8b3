import type { Clock } from "../../runtime/clock.ts";

/** Why a stream ends: all is said, its time is up, its reader is too slow, something failed, or its reader left. */
export type StreamEnd = "finished" | "time_is_up" | "too_slow" | "failed" | "left";

/** A reader that is this far behind is cut off; it comes back and resumes. */
const UNREAD_BYTES_MAX = 1024 * 1024;

const ENCODER = new TextEncoder();

/** A stream of text that is pushed, of limited length in time and with a limit on what waits to be read. */
export class ByteStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #atEnd: (end: StreamEnd) => string;
  readonly #cancelTimer: () => void;
  #controller: ReadableByteStreamController | null = null;

  /**
   * Opens a stream.
   *
   * @param options - How long it may last, in ms, and what to do when it ends: called once, gives the last text.
   */
  constructor(options: {
    readonly clock: Clock;
    readonly lastsMs: number;
    readonly atEnd: (end: StreamEnd) => string;
  }) {
    this.#atEnd = options.atEnd;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.end("left");
      },
    });
    this.#cancelTimer = options.clock.after(options.lastsMs, () => {
      this.end("time_is_up");
    });
  }

  /** Whether more can be written. */
  get isOpen(): boolean {
    return this.#controller !== null;
  }

  /** Writes text. */
  write(text: string): void {
    const controller = this.#controller;
    if (controller === null || text === "") {
      return;
    }
    controller.enqueue(ENCODER.encode(text));
    if ((controller.desiredSize ?? 0) < -UNREAD_BYTES_MAX) {
      this.end("too_slow");
    }
  }

  /** Ends the stream; a second end changes nothing. */
  end(end: StreamEnd): void {
    const controller = this.#controller;
    if (controller === null) {
      return;
    }
    this.#controller = null;
    this.#cancelTimer();
    const lastText = this.#atEnd(end);
    if (end === "left") {
      return;
    }
    if (lastText !== "") {
      controller.enqueue(ENCODER.encode(lastText));
    }
    controller.close();
  }
}
