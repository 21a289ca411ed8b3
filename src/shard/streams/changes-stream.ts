import { summaryOf, viewRunSummary } from "../../api/runs/view.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ChangesCursor, ChangesLine } from "../rpc.ts";
import { ByteStream } from "./byte-stream.ts";
import type { LiveFeed } from "./live-feed.ts";

/** Changes are gathered this long, so that a run that takes twenty steps in that time is told of once. */
const GATHER_MS = 100;

/** What a stream of changes needs. */
export interface ChangesStreamOptions {
  /** Where the client was; null for one that has just loaded its list. */
  readonly after: ChangesCursor | null;
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly lastsMs: number;
}

/**
 * Streams the changes of a shard's runs, one JSON object a line. The first line tells where the stream starts; `reset`
 * in it tells that changes are missing before it, because the shard was restarted or the client was away for too long.
 *
 * @param options - From where, and what it needs.
 * @returns Bytes.
 */
export function openChangesStream(options: ChangesStreamOptions): ReadableStream<Uint8Array> {
  const { after, feed, clock, lastsMs } = options;
  const missed = after === null || after.epoch !== feed.epoch ? null : feed.changesAfter(after.number);
  const isReset = after !== null && missed === null;
  let sent = missed === null || after === null ? feed.lastNumber : after.number;
  let isGathering = false;
  const stopListening = feed.onChanges(gather);
  const bytes = new ByteStream({
    clock,
    lastsMs,
    atEnd: () => {
      stopListening();
      return "";
    },
  });

  function line(parts: Omit<ChangesLine, "epoch">): string {
    return `${JSON.stringify({ epoch: feed.epoch, ...parts })}\n`;
  }

  function gather(): void {
    if (!isGathering) {
      isGathering = true;
      clock.after(GATHER_MS, flush);
    }
  }

  function flush(): void {
    isGathering = false;
    const changes = feed.changesAfter(sent);
    sent = feed.lastNumber;
    const text =
      changes === null
        ? line({ number: sent, reset: true })
        : changes.map(({ number, run }) => line({ number, run: viewRunSummary(summaryOf(run)) })).join("");
    bytes.write(text);
  }

  bytes.write(line({ number: sent, ...(isReset ? { reset: true } : {}) }));
  if (missed !== null && missed.length > 0) {
    flush();
  }
  return bytes.readable;
}
