/** A bounded cache: when it is full, what was used longest ago goes first. */
export class LruCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #entriesMax: number;
  readonly #charactersMax: number;
  #characterCount = 0;

  /** Holds at most `entriesMax` entries whose keys have at most `charactersMax` characters together. */
  constructor(entriesMax: number, charactersMax: number) {
    this.#entriesMax = entriesMax;
    this.#charactersMax = charactersMax;
  }

  /** Gives the value of a key, made by `create` when it is not there. */
  getOrCreate(key: string, create: (key: string) => Value): Value {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      // Moved to the end: the order of a map is the order of insertion.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const value = create(key);
    this.#entries.set(key, value);
    this.#characterCount += key.length;
    this.#evict();
    return value;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  #evict(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax && this.#characterCount <= this.#charactersMax) {
        return;
      }
      this.#entries.delete(key);
      this.#characterCount -= key.length;
    }
  }
}
