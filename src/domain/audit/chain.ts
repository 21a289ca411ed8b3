import { InvariantError } from "../errors.ts";
import type { RunId } from "../ids.ts";
import { isJsonObject, type Json } from "../json.ts";
import type { Event, EventDraft } from "../run/event.ts";
import type { ChainHead } from "../run/run.ts";

/** SHA-256 of text, in hex. Passed in, so that the domain stays free of platform code. */
export type Hash = (text: string) => string;

/** The head of a chain without events. */
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: "0".repeat(64) };

/**
 * Encodes JSON so that equal values give equal text: members sorted by name, no white space.
 *
 * @param value - Any JSON value.
 * @returns The canonical text.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  if (isJsonObject(value)) {
    const members = Object.keys(value)
      .toSorted()
      .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/**
 * Gives the text of an event that its hash covers.
 *
 * @param runId - The run the event belongs to.
 * @param seq - The event's number.
 * @param event - The event.
 * @param prevHash - The hash of the event before it.
 * @returns The canonical text.
 */
export function eventText(runId: RunId, seq: number, event: EventDraft, prevHash: string): string {
  const { at, type, step, attempt, from, to, actor, data } = event;
  return canonicalJson([runId, seq, at.toISOString(), type, step, attempt, from, to, actor, data, prevHash]);
}

/**
 * Numbers events and chains them to the ones before.
 *
 * @param runId - The run they belong to.
 * @param head - Where the run's chain ends now.
 * @param drafts - The new events, in order.
 * @param hash - SHA-256.
 * @returns The events and the new end of the chain.
 */
export function chainEvents(
  runId: RunId,
  head: ChainHead,
  drafts: readonly EventDraft[],
  hash: Hash,
): { readonly events: readonly Event[]; readonly head: ChainHead } {
  let end = head;
  const events = drafts.map((draft): Event => {
    const seq = end.seq + 1;
    const event = { ...draft, runId, seq, prevHash: end.hash, hash: hash(eventText(runId, seq, draft, end.hash)) };
    end = { seq, hash: event.hash };
    return event;
  });
  return { events, head: end };
}

/** What checking a chain came to. `brokenAt` is the first seq that is not as it was written. */
export type Verdict =
  | { readonly ok: true; readonly events: number; readonly head: ChainHead }
  | { readonly ok: false; readonly events: number; readonly brokenAt: number; readonly reason: string };

/** Checks a chain event by event, so that a log of any length is checked in constant memory. */
export class ChainVerifier {
  readonly #runId: RunId;
  readonly #hash: Hash;
  #head: ChainHead = EMPTY_CHAIN;
  #broken: { readonly seq: number; readonly reason: string } | null = null;

  constructor(runId: RunId, hash: Hash) {
    this.#runId = runId;
    this.#hash = hash;
  }

  /**
   * Takes the next event of the log.
   *
   * @param event - The event as stored, in order of `seq`.
   */
  add(event: Event): void {
    if (this.#broken !== null) {
      return;
    }
    const seq = this.#head.seq + 1;
    const reason = this.#fault(event, seq);
    if (reason === null) {
      this.#head = { seq, hash: event.hash };
    } else {
      this.#broken = { seq, reason };
    }
  }

  /**
   * Gives the verdict over the events taken so far.
   *
   * @param anchor - The head of the chain as the run's row has it.
   * @returns Whether the log is as it was written, or where it first is not.
   */
  verdict(anchor: ChainHead): Verdict {
    const events = this.#head.seq;
    if (this.#broken !== null) {
      return { ok: false, events, brokenAt: this.#broken.seq, reason: this.#broken.reason };
    }
    if (anchor.seq > events) {
      return { ok: false, events, brokenAt: events + 1, reason: `events ${events + 1} to ${anchor.seq} are missing` };
    }
    if (anchor.seq < events) {
      return { ok: false, events, brokenAt: anchor.seq + 1, reason: "the log goes on after its anchored head" };
    }
    if (anchor.hash !== this.#head.hash) {
      return { ok: false, events, brokenAt: events, reason: "the anchored head has another hash" };
    }
    return { ok: true, events, head: this.#head };
  }

  #fault(event: Event, seq: number): string | null {
    if (event.runId !== this.#runId) {
      throw new InvariantError(`event of run ${event.runId} given to the verifier of run ${this.#runId}`);
    }
    if (event.seq !== seq) {
      return `event ${seq} is missing or out of order`;
    }
    if (event.prevHash !== this.#head.hash) {
      return "the event does not name the hash of the one before";
    }
    return this.#hash(eventText(this.#runId, seq, event, event.prevHash)) === event.hash
      ? null
      : "the event is not what its hash was made of";
  }
}
