import type { Clock } from "../runtime/clock.ts";

/** A timer in memory is exact but dies with the object; beyond this an alarm alone is cheaper. */
const TIMER_MS_MAX = 30_000;

/** An alarm is a write to storage, so an earlier instant within this of the one set does not move it. */
const ALARM_SLACK_MS = 5_000;

/** The alarm of a Durable Object. */
export interface AlarmStorage {
  setAlarm(at: number): Promise<void>;
}

/**
 * Wakes a shard at the earliest instant that anyone asked for. While the object lives a timer does it to the
 * millisecond; the alarm is there for when the object is gone by then, and may be up to five seconds late.
 */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #storage: AlarmStorage;
  readonly #wake: () => void;
  #timer: { readonly atMs: number; readonly cancel: () => void } | null = null;
  #alarmAtMs: number | null = null;

  constructor(clock: Clock, storage: AlarmStorage, wake: () => void) {
    this.#clock = clock;
    this.#storage = storage;
    this.#wake = wake;
  }

  /** Sees to it that the shard wakes at an instant at the latest. */
  wakeAt(at: Date): void {
    const atMs = at.getTime();
    this.#setTimer(atMs);
    if (this.#alarmAtMs === null || atMs < this.#alarmAtMs - ALARM_SLACK_MS) {
      this.#setAlarm(atMs + ALARM_SLACK_MS);
    }
  }

  /** Wakes the shard in a fresh invocation as soon as possible: an alarm is one, a timer is not. */
  wakeInNewTurn(): void {
    this.#setAlarm(this.#clock.now().getTime());
  }

  /** The alarm has fired. */
  alarmFired(): void {
    this.#alarmAtMs = null;
  }

  #setTimer(atMs: number): void {
    const nowMs = this.#clock.now().getTime();
    // A timer whose instant has passed counts for nothing: the clock has moved on, and it may be long until it fires.
    const isOverdue = this.#timer !== null && this.#timer.atMs < nowMs;
    const delayMs = isOverdue ? 0 : Math.max(0, atMs - nowMs);
    const isLater = this.#timer !== null && !isOverdue && this.#timer.atMs <= atMs;
    if (isLater || delayMs > TIMER_MS_MAX) {
      return;
    }
    this.#timer?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#timer = null;
      this.#wake();
    });
    this.#timer = { atMs, cancel };
  }

  #setAlarm(atMs: number): void {
    this.#alarmAtMs = atMs;
    void this.#storage.setAlarm(atMs);
  }
}
