import { describe, expect, it } from "vitest";
import {
  Feed,
  type FeedPlace,
  type FeedSource,
  type FeedState,
  type PollAnswer,
  type StreamAnswer,
} from "../../../dashboard/live/feed.ts";

const SILENCE_MS = 40_000;
const NO_STREAM: StreamAnswer = { kind: "none" };

/** A page on which no time passes: pauses end at once and are written down, silence lasts for ever. */
class StillPlace implements FeedPlace {
  readonly pauses: number[] = [];
  readonly states: FeedState["kind"][] = [];
  isHiddenFor = 0;

  isHidden(): boolean {
    return this.isHiddenFor > 0;
  }

  async untilVisible(): Promise<void> {
    this.isHiddenFor -= 1;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === SILENCE_MS) {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      return;
    }
    this.pauses.push(ms);
  }

  nowMs(): number {
    return 0;
  }

  report(state: FeedState): void {
    this.states.push(state.kind);
  }
}

/** Answers from a list; the messages that were passed on are kept. */
class ScriptedSource implements FeedSource {
  readonly taken: string[] = [];
  readonly #streams: StreamAnswer[];
  readonly #polls: PollAnswer[];

  constructor(streams: readonly StreamAnswer[], polls: readonly PollAnswer[] = []) {
    this.#streams = [...streams];
    this.#polls = [...polls];
  }

  async openStream(): Promise<StreamAnswer> {
    return this.#streams.shift() ?? NO_STREAM;
  }

  async poll(): Promise<PollAnswer> {
    return this.#polls.shift() ?? "ended";
  }

  take({ data }: { readonly data: string }): "go_on" | "gap" {
    this.taken.push(data);
    return data === "gap" ? "gap" : "go_on";
  }
}

function stream(...chunks: readonly string[]): StreamAnswer {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  return { kind: "stream", body };
}

async function runFeed(source: ScriptedSource, place = new StillPlace()): Promise<StillPlace> {
  await new Feed(source, place).run();
  return place;
}

describe("a page that is kept up to date", () => {
  it("takes messages from the stream and is final after its end", async () => {
    const source = new ScriptedSource([stream("data: 1\n\nda", "ta: 2\n\nevent: end\n\n")]);
    const place = await runFeed(source);
    expect(source.taken).toEqual(["1", "2"]);
    expect(place.states).toEqual(["connecting", "live", "final"]);
  });

  it("connects again almost at once when the server asks for it", async () => {
    const source = new ScriptedSource([stream("data: 1\n\nevent: reconnect\n\n"), stream("data: 2\n\nevent: end\n\n")]);
    const place = await runFeed(source);
    expect(source.taken).toEqual(["1", "2"]);
    expect(place.pauses).toEqual([50]);
    expect(place.states).not.toContain("reconnecting");
  });

  it("connects again where it was when a message is missing", async () => {
    const source = new ScriptedSource([stream("data: gap\n\ndata: lost\n\n"), stream("event: end\n\n")]);
    await runFeed(source);
    expect(source.taken).toEqual(["gap"]);
  });

  it("says that it reconnects, and waits longer each time, up to 30 s", async () => {
    const failed = Array.from({ length: 7 }, (): StreamAnswer => ({ kind: "failed" }));
    const place = await runFeed(new ScriptedSource([...failed, stream("event: end\n\n")]));
    expect(place.pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(place.states.at(-3)).toBe("reconnecting");
  });

  it("takes a stream that breaks off for a failure, and a good one forgets the failures before", async () => {
    const place = await runFeed(
      new ScriptedSource([stream("data: 1\n\n"), stream("data: 2\n\n"), stream("event: end\n\n")]),
    );
    expect(place.pauses).toEqual([1_000, 1_000]);
  });

  it("asks again and again where there is no stream: every second while something changes, less often when not", async () => {
    const polls: PollAnswer[] = [
      "changed",
      "unchanged",
      "unchanged",
      "unchanged",
      "unchanged",
      "unchanged",
      "changed",
      "ended",
    ];
    const place = await runFeed(new ScriptedSource([NO_STREAM], polls));
    expect(place.pauses).toEqual([0, 1_000, 1_500, 2_250, 3_375, 5_000, 5_000, 1_000]);
    expect(place.states.at(-1)).toBe("final");
    expect(place.states).toContain("polling");
  });

  it("holds no connection while the page is hidden", async () => {
    const place = new StillPlace();
    place.isHiddenFor = 1;
    const source = new ScriptedSource([stream("event: end\n\n")]);
    await runFeed(source, place);
    expect(place.states).toEqual(["connecting", "paused", "live", "final"]);
  });

  it("a closed feed lets go of its stream and reports nothing more", async () => {
    const place = new StillPlace();
    let isCanceled = false;
    const body = new ReadableStream<Uint8Array>({
      cancel() {
        isCanceled = true;
      },
    });
    const feed = new Feed(new ScriptedSource([{ kind: "stream", body }]), place);
    const running = feed.run();
    await Promise.resolve();
    feed.close();
    await running;
    expect(isCanceled).toBe(true);
    expect(place.states).not.toContain("reconnecting");
  });
});
