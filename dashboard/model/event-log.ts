import type { AuditEvent } from "./api-types.ts";

/** Most events that a page holds; older ones can be asked for again. */
export const EVENTS_MAX = 2_000;

/** What became of an event that arrived: taken, known already, or out of order because some before it are missing. */
export type Taken = "taken" | "known" | "gap";

/** The end of a run's audit log, as far as it has arrived: without gaps and without duplicates. */
export class EventLog {
  #events: readonly AuditEvent[] = [];
  #seq: number;

  /** @param after - Number of the event before the first one wanted. */
  constructor(after: number) {
    this.#seq = after;
  }

  /** @returns The events in order. */
  get events(): readonly AuditEvent[] {
    return this.#events;
  }

  /** @returns Number of the last event that has arrived, or of the one before the first wanted. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Takes an event.
   *
   * @param event - The event.
   * @returns What became of it; only the next event in order is taken.
   */
  take(event: AuditEvent): Taken {
    if (event.seq <= this.#seq) return "known";
    if (event.seq > this.#seq + 1) return "gap";
    this.#seq = event.seq;
    this.#events = [...this.#events, event].slice(-EVENTS_MAX);
    return "taken";
  }

  /**
   * Puts older events in front.
   *
   * @param older - Events in order; those that are known are dropped.
   */
  prepend(older: readonly AuditEvent[]): void {
    const first = this.#events[0]?.seq ?? this.#seq + 1;
    this.#events = [...older.filter(({ seq }) => seq < first), ...this.#events].slice(0, EVENTS_MAX);
  }
}
