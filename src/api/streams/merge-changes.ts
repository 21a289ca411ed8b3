import type { Clock } from "../../runtime/clock.ts";
import type { ChangesCursor, ChangesLine } from "../../shard/rpc.ts";

/** Where a client is in the changes of every shard, by shard. */
export type ShardCursors = ReadonlyMap<number, ChangesCursor>;

const CURSOR_PART = /^(\d{1,4})\.([0-9a-f]{8})\.(\d{1,15})$/;

/**
 * Writes cursors as the `id` of a server-sent event.
 *
 * @param cursors - By shard.
 * @returns Text without white space.
 */
export function writeCursors(cursors: ShardCursors): string {
  return [...cursors].map(([shard, { epoch, number }]) => `${shard}.${epoch}.${number}`).join("_");
}

/**
 * Reads what `writeCursors` wrote.
 *
 * @param text - From a client.
 * @returns The cursors, or null when the text is none.
 */
export function readCursors(text: string): ShardCursors | null {
  const cursors = new Map<number, ChangesCursor>();
  for (const part of text === "" ? [] : text.split("_")) {
    const match = CURSOR_PART.exec(part);
    const [, shard, epoch, number] = match ?? [];
    if (shard === undefined || epoch === undefined || number === undefined) {
      return null;
    }
    cursors.set(Number(shard), { epoch, number: Number(number) });
  }
  return cursors;
}

/** The shards' streams of `ChangesLine`s, by shard. */
export type ShardStreams = ReadonlyMap<number, ReadableStream<Uint8Array>>;

/** How streams are merged. */
export interface MergeOptions {
  /** Says `reset` this often, in ms, because there are shards that nobody listens to; null: there are none. */
  readonly resetEveryMs: number | null;
  readonly after: Clock["after"];
}

/**
 * Merges the changes of shards into one stream of server-sent events: `open` when all shards are listened to, a
 * run summary for each change, `reset` when changes were missed and the list must be loaded again. It ends with
 * `reconnect` as soon as one of the shards' streams ends.
 *
 * @param streams - The shards' streams.
 * @param options - How.
 * @returns Bytes.
 */
export function mergeChanges(streams: ShardStreams, options: MergeOptions): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  void new Merge(writable.getWriter(), streams, options).run();
  return readable;
}

const ENCODER = new TextEncoder();

class Merge {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #readers: ReadonlyMap<number, ReadableStreamDefaultReader<string>>;
  readonly #options: MergeOptions;
  readonly #cursors = new Map<number, ChangesCursor>();
  #isReset = false;
  #stopResetting: () => void = () => undefined;

  constructor(writer: WritableStreamDefaultWriter<Uint8Array>, streams: ShardStreams, options: MergeOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#readers = new Map(
      [...streams].map(([shard, stream]) => [shard, stream.pipeThrough(new TextDecoderStream()).getReader()]),
    );
  }

  /** Ends when the first shard's stream or the client does; then the others are let go. */
  async run(): Promise<void> {
    try {
      await Promise.race([...this.#readers].map(async ([shard, reader]) => this.#copy(shard, reader)));
      await this.#send("reconnect", {});
      await this.#writer.close();
    } catch {
      // The client has left, or a shard was restarted: the client comes back with its cursor.
      await this.#writer.abort().catch(() => undefined);
    }
    this.#stopResetting();
    await Promise.allSettled([...this.#readers.values()].map(async (reader) => reader.cancel()));
  }

  #resetLater(): void {
    const { resetEveryMs, after } = this.#options;
    if (resetEveryMs !== null) {
      this.#stopResetting = after(resetEveryMs, () => {
        this.#send("reset", {}).then(
          () => {
            this.#resetLater();
          },
          // The stream has ended meanwhile.
          () => undefined,
        );
      });
    }
  }

  async #copy(shard: number, reader: ReadableStreamDefaultReader<string>): Promise<void> {
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        await this.#take(shard, parseLine(line));
      }
    }
  }

  async #take(shard: number, line: ChangesLine): Promise<void> {
    const isFirst = !this.#cursors.has(shard);
    this.#cursors.set(shard, { epoch: line.epoch, number: line.number });
    this.#isReset ||= line.reset === true;
    if (isFirst && this.#cursors.size < this.#readers.size) {
      return;
    }
    if (isFirst) {
      await this.#send("open", {});
      this.#resetLater();
    }
    if (this.#isReset) {
      this.#isReset = false;
      await this.#send("reset", {});
    }
    if (line.run !== undefined) {
      await this.#send(null, line.run);
    }
  }

  async #send(event: string | null, data: object): Promise<void> {
    const name = event === null ? "" : `event: ${event}\n`;
    const text = `id: ${writeCursors(this.#cursors)}\n${name}data: ${JSON.stringify(data)}\n\n`;
    await this.#writer.write(ENCODER.encode(text));
  }
}

/** A line comes from our own shard, so it is what `openChangesStream` wrote. */
function parseLine(line: string): ChangesLine {
  const parsed: ChangesLine = JSON.parse(line);
  return parsed;
}
