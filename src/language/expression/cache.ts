/** A bounded cache: when it is full, what was used longest ago goes first. */
export class LruCache<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  readonly #bytesMax: number;
  readonly #weigh: (key: string, value: Value) => number;
  #bytes = 0;

  /** Holds entries of at most `bytesMax` bytes together, as `weigh` estimates them; a larger one is not kept. */
  constructor(bytesMax: number, weigh: (key: string, value: Value) => number) {
    this.#bytesMax = bytesMax;
    this.#weigh = weigh;
  }

  /** Gives the value of a key, made by `create` when it is not there. */
  getOrCreate(key: string, create: (key: string) => Value): Value {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      // Moved to the end: the order of a map is the order of insertion.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const value = create(key);
    const bytes = this.#weigh(key, value);
    if (bytes <= this.#bytesMax) {
      this.#entries.set(key, { value, bytes });
      this.#bytes += bytes;
      this.#evict();
    }
    return value;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  #evict(): void {
    for (const [key, { bytes }] of this.#entries) {
      if (this.#bytes <= this.#bytesMax) {
        return;
      }
      this.#entries.delete(key);
      this.#bytes -= bytes;
    }
  }
}
