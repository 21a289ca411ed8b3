const STATE_STEP = 0x6d2b79f5;
const WORDS = 4_294_967_296;

/** Numbers that look random and are the same for the same seeds (mulberry32). */
export class Draws {
  #state: number;

  /** @param seeds - Whole numbers; each of them matters. */
  constructor(...seeds: readonly number[]) {
    this.#state = seeds.reduce((state, seed) => scramble(Math.imul(state, 31) + seed + STATE_STEP), 0);
  }

  /** From 0 (inclusive) to 1. */
  fraction(): number {
    this.#state = Math.trunc(this.#state + STATE_STEP) % WORDS;
    return scramble(this.#state) / WORDS;
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** Whether something happens that does so with a probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of a list, which is not empty. */
  pick<Item>(list: readonly Item[]): Item {
    const picked = list[this.between(0, list.length - 1)];
    if (picked === undefined) {
      throw new Error("nothing to pick from");
    }
    return picked;
  }
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
