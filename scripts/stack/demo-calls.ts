const KEYS_MAX = 100_000;

/** How often the demo API was called, in all and for each `Idempotency-Key`. */
export interface CallCounts {
  readonly total: number;
  /** Most calls that were not answered yet at the same time. */
  readonly mostAtOnce: number;
  readonly byKey: Readonly<Record<string, number>>;
}

/** Counts calls for tests; it remembers at most 100,000 keys and forgets the oldest. */
export class CallLog {
  readonly #byKey = new Map<string, number>();
  #total = 0;
  #open = 0;
  #mostAtOnce = 0;

  /**
   * Counts one call, which is open until it is closed.
   *
   * @param key - The `Idempotency-Key` of the call, or null.
   */
  open(key: string | null): void {
    this.#total += 1;
    this.#open += 1;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#open);
    if (key === null) {
      return;
    }
    const count = this.#byKey.get(key) ?? 0;
    if (count === 0 && this.#byKey.size >= KEYS_MAX) {
      forgetOldest(this.#byKey);
    }
    this.#byKey.set(key, count + 1);
  }

  /** Notes that a call has its answer. */
  close(): void {
    this.#open -= 1;
  }

  /** @returns What was counted since the start or the last `clear`. */
  counts(): CallCounts {
    return { total: this.#total, mostAtOnce: this.#mostAtOnce, byKey: Object.fromEntries(this.#byKey) };
  }

  /** Forgets everything but what is still open. */
  clear(): void {
    this.#byKey.clear();
    this.#total = 0;
    this.#mostAtOnce = this.#open;
  }
}

/** What `/flaky` remembers of one `key`. */
export interface FlakyRecord {
  readonly count: number;
  /** The first idempotency keys seen, at most 100. */
  readonly idempotencyKeys: readonly string[];
}

const FLAKY_KEYS_MAX = 10_000;
const IDEMPOTENCY_KEYS_MAX = 100;

/** Remembers the calls of `/flaky` by their `key`; forgets the oldest of more than 10,000. */
export class FlakyLog {
  readonly #records = new Map<string, FlakyRecord>();

  /**
   * Counts one call.
   *
   * @param key - The caller's `key`.
   * @param idempotencyKey - The `Idempotency-Key` of the call, or null.
   * @returns How many calls this key has had, this one included.
   */
  record(key: string, idempotencyKey: string | null): number {
    const old = this.read(key);
    if (old.count === 0 && this.#records.size >= FLAKY_KEYS_MAX) {
      forgetOldest(this.#records);
    }
    const isNew = idempotencyKey !== null && !old.idempotencyKeys.includes(idempotencyKey);
    const isKept = isNew && old.idempotencyKeys.length < IDEMPOTENCY_KEYS_MAX;
    const idempotencyKeys = isKept ? [...old.idempotencyKeys, idempotencyKey] : old.idempotencyKeys;
    this.#records.set(key, { count: old.count + 1, idempotencyKeys });
    return old.count + 1;
  }

  /**
   * Reads what is known of one key.
   *
   * @param key - The caller's `key`.
   * @returns Its calls; none for a key that was never used.
   */
  read(key: string): FlakyRecord {
    return this.#records.get(key) ?? { count: 0, idempotencyKeys: [] };
  }

  /** Forgets everything. */
  clear(): void {
    this.#records.clear();
  }
}

function forgetOldest(entries: Map<string, unknown>): void {
  const oldest = entries.keys().next().value;
  if (oldest !== undefined) {
    entries.delete(oldest);
  }
}
