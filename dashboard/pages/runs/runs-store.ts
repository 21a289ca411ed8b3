import { signal } from "@preact/signals";
import type { ApiProblem } from "../../api-call.ts";
import { openEventStream } from "../../api-call.ts";
import { getRun, listRuns } from "../../api-client.ts";
import type { FeedSource, MessageVerdict, PollAnswer, StreamAnswer } from "../../live/feed.ts";
import { asStreamAnswer } from "../../live/stream-answer.ts";
import type { RunPage, RunSummary } from "../../model/api-types.ts";
import type { RunFilter } from "../../model/routes.ts";
import {
  appendPage,
  EMPTY_LIST,
  findStale,
  ROWS_MAX,
  type RunList,
  showFresh,
  summarize,
  takeSummaries,
} from "../../model/run-list.ts";
import type { SseMessage } from "../../model/sse-parser.ts";

/** Most runs that are asked for one by one after a poll: those that may have left the filter. */
const STALE_ASKED_MAX = 10;

/** The runs of one filter: loaded, kept up to date, and extended page by page. */
export class RunsStore implements FeedSource {
  readonly filter: RunFilter;
  readonly list = signal<RunList>(EMPTY_LIST);
  readonly isLoaded = signal(false);
  readonly problem = signal<ApiProblem | null>(null);
  readonly nextCursor = signal<string | null>(null);
  readonly isLoadingMore = signal(false);
  /** How far back a search has looked, when it gave up before its page was full; ISO 8601. */
  readonly searchedTo = signal<string | null>(null);
  readonly #canReflow: () => boolean;
  readonly #closing = new AbortController();
  #streamId: string | null = null;
  #arrived: RunSummary[] = [];
  /** Whether changes may have happened that neither the list nor the stream has told of. */
  #isBehind = true;
  /** Whether there are runs between `fresh` and `rows` that nobody has loaded. */
  #hasHole = false;

  /**
   * @param filter - Which runs.
   * @param canReflow - Whether new rows may push the others down just now.
   */
  constructor(filter: RunFilter, canReflow: () => boolean) {
    this.filter = filter;
    this.#canReflow = canReflow;
  }

  /** Loads the first page anew. */
  async load(): Promise<void> {
    const result = await listRuns(this.filter, null, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    this.problem.value = result.ok ? null : result.problem;
    if (!result.ok) return;
    this.#hasHole = false;
    this.#start(result.value);
  }

  /** Adds the next page. */
  async loadMore(): Promise<void> {
    const cursor = this.nextCursor.value;
    if (cursor === null || this.isLoadingMore.value) return;
    this.isLoadingMore.value = true;
    const result = await listRuns(this.filter, cursor, this.#closing.signal);
    this.isLoadingMore.value = false;
    if (this.#closing.signal.aborted) return;
    this.problem.value = result.ok ? null : result.problem;
    if (!result.ok) return;
    this.list.value = appendPage(this.list.value, result.value.items);
    this.searchedTo.value = result.value.searchedTo;
    this.nextCursor.value = this.list.value.rows.length < ROWS_MAX ? result.value.nextCursor : null;
  }

  /** Shows the runs that arrived since. */
  reveal(): void {
    if (this.#hasHole) {
      void this.load();
      return;
    }
    this.list.value = showFresh(this.list.value);
  }

  /**
   * Shows a run that the person just started, wherever the page is scrolled to.
   *
   * @param run - The run.
   */
  addOwn(run: RunSummary): void {
    this.list.value = showFresh(takeSummaries(this.list.value, [run], this.filter));
  }

  /** Stops all calls. */
  close(): void {
    this.#closing.abort();
  }

  async openStream(wanted: AbortSignal): Promise<StreamAnswer> {
    const path = this.#streamId === null ? "stream" : `stream?after=${encodeURIComponent(this.#streamId)}`;
    return asStreamAnswer(await openEventStream(path, wanted));
  }

  async poll(wanted: AbortSignal): Promise<PollAnswer> {
    const result = await listRuns(this.filter, null, wanted);
    if (wanted.aborted) return "unchanged";
    if (!result.ok) {
      this.problem.value = result.problem;
      return "failed";
    }
    this.problem.value = null;
    if (!this.isLoaded.value) this.#start(result.value);
    const { items, nextCursor } = result.value;
    const stale = await this.#askFor(findStale(this.list.value, items), wanted);
    if (this.#leavesHole(items, nextCursor)) this.#hasHole = true;
    return this.#apply([...items, ...stale]) ? "changed" : "unchanged";
  }

  take(message: SseMessage): MessageVerdict {
    if (message.id !== null) this.#streamId = message.id;
    if (message.event === "reset") this.#isBehind = true;
    if (message.event !== "message") {
      // From `open` on nothing is missed, so now is the time to load what happened before.
      if (this.#isBehind) void this.#catchUp();
      return "go_on";
    }
    const summary: RunSummary = JSON.parse(message.data);
    // A burst is drawn once, with the next frame.
    if (this.#arrived.length === 0) requestAnimationFrame(() => this.#flush());
    this.#arrived.push(summary);
    return "go_on";
  }

  #start({ items, nextCursor, searchedTo }: RunPage): void {
    this.list.value = { rows: items, fresh: [] };
    this.nextCursor.value = nextCursor;
    this.searchedTo.value = searchedTo;
    this.isLoaded.value = true;
  }

  async #catchUp(): Promise<void> {
    // After a failure the next connection, within 25 s, tries again.
    this.#isBehind = (await this.poll(this.#closing.signal)) === "failed";
  }

  #flush(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#apply(arrived);
  }

  async #askFor(runs: readonly RunSummary[], wanted: AbortSignal): Promise<readonly RunSummary[]> {
    const results = await Promise.all(runs.slice(0, STALE_ASKED_MAX).map(({ id }) => getRun(id, wanted)));
    return results.flatMap((result) => (result.ok ? [summarize(result.value)] : []));
  }

  #leavesHole(items: readonly RunSummary[], nextCursor: string | null): boolean {
    const known = new Set([...this.list.value.fresh, ...this.list.value.rows].map(({ id }) => id));
    return known.size > 0 && nextCursor !== null && !items.some(({ id }) => known.has(id));
  }

  #apply(summaries: readonly RunSummary[]): boolean {
    const before = this.list.value;
    this.list.value = takeSummaries(before, summaries, this.filter);
    if (this.list.value.fresh.length > 0 && this.#canReflow()) this.reveal();
    return JSON.stringify(before) !== JSON.stringify(this.list.value);
  }
}
