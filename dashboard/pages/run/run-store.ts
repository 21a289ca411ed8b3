import { signal } from "@preact/signals";
import { type ApiProblem, openEventStream } from "../../api-call.ts";
import { eventStreamPath, getRun, listEvents } from "../../api-client.ts";
import type { FeedSource, MessageVerdict, PollAnswer, StreamAnswer } from "../../live/feed.ts";
import { asStreamAnswer } from "../../live/stream-answer.ts";
import type { AuditEvent, Run } from "../../model/api-types.ts";
import { EventLog } from "../../model/event-log.ts";
import type { SseMessage } from "../../model/sse-parser.ts";

/** How many of the newest events a page starts with. */
const EVENTS_AT_START = 200;
/** Least time between two readings of a run, whatever the number of its events. */
const REFRESH_EVERY_MS = 100;

/**
 * A run and its audit log, kept up to date: each event means that the run has changed, and the run is then read anew.
 * So what is shown is always something that the API said, never a guess from events.
 */
export class RunStore implements FeedSource {
  readonly runId: string;
  readonly run = signal<Run | null>(null);
  readonly problem = signal<ApiProblem | null>(null);
  readonly events = signal<readonly AuditEvent[]>([]);
  readonly #closing = new AbortController();
  #log = new EventLog(0);
  #isRefreshing = false;
  #isOutdated = false;

  /** @param runId - The run. */
  constructor(runId: string) {
    this.runId = runId;
  }

  /** Loads the run; its events follow over the feed. */
  async load(): Promise<void> {
    const result = await getRun(this.runId, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    this.problem.value = result.ok ? null : result.problem;
    if (!result.ok) return;
    this.#log = new EventLog(Math.max(0, result.value.seq - EVENTS_AT_START));
    this.events.value = [];
    this.run.value = result.value;
  }

  /** Reads the run anew, soon; many calls make one reading. */
  refresh(): void {
    this.#isOutdated = true;
    if (!this.#isRefreshing) void this.#refreshUntilCurrent();
  }

  /** Loads the 200 events before the first one shown. */
  async loadOlder(): Promise<void> {
    const first = this.events.value[0]?.seq ?? 1;
    const result = await listEvents(this.runId, Math.max(0, first - 1 - EVENTS_AT_START), this.#closing.signal);
    if (!result.ok) return;
    this.#log.prepend(result.value.items);
    this.events.value = this.#log.events;
  }

  /** Stops all calls. */
  close(): void {
    this.#closing.abort();
  }

  async openStream(wanted: AbortSignal): Promise<StreamAnswer> {
    if (this.#isBehind()) this.refresh();
    return asStreamAnswer(await openEventStream(eventStreamPath(this.runId, this.#log.seq), wanted));
  }

  async poll(wanted: AbortSignal): Promise<PollAnswer> {
    const result = await listEvents(this.runId, this.#log.seq, wanted);
    if (wanted.aborted) return "unchanged";
    if (!result.ok) return "failed";
    for (const event of result.value.items) this.#takeEvent(event);
    if (this.#isBehind()) this.refresh();
    if (this.#isOver() && result.value.nextCursor === null) return "ended";
    return result.value.items.length > 0 ? "changed" : "unchanged";
  }

  take(message: SseMessage): MessageVerdict {
    const event: AuditEvent = JSON.parse(message.data);
    return this.#takeEvent(event) === "gap" ? "gap" : "go_on";
  }

  #takeEvent(event: AuditEvent): ReturnType<EventLog["take"]> {
    const taken = this.#log.take(event);
    if (taken !== "taken") return taken;
    this.events.value = this.#log.events;
    if (this.#isBehind()) this.refresh();
    return taken;
  }

  /** Whether events are known that happened after the run was read. */
  #isBehind(): boolean {
    return this.#log.seq > (this.run.value?.seq ?? 0);
  }

  #isOver(): boolean {
    const run = this.run.value;
    return run !== null && run.endedAt !== null && this.#log.seq >= run.seq;
  }

  async #refreshUntilCurrent(): Promise<void> {
    this.#isRefreshing = true;
    while (this.#isOutdated && !this.#closing.signal.aborted) {
      this.#isOutdated = false;
      const result = await getRun(this.runId, this.#closing.signal);
      // An answer that was overtaken by a newer one says less than what is shown.
      if (result.ok && result.value.revision >= (this.run.value?.revision ?? 0)) this.run.value = result.value;
      await new Promise((resolve) => setTimeout(resolve, REFRESH_EVERY_MS));
    }
    this.#isRefreshing = false;
  }
}
