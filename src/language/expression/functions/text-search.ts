import type { Evaluation } from "../evaluation/evaluation.ts";

/** Up to this length the engine's own search is as fast as any, at worst; beyond, it may take the product of both lengths. */
const NATIVE_LENGTH_MAX = 64;

/**
 * How much dearer it is to search a character for a long part than to read it, and for a short one: at worst, where each
 * character could begin the part. Where few could the engine skips them.
 */
const SEARCH_WEIGHT = 20;
const NATIVE_WEIGHT = 3;

/** Searches a text for another one, in time linear in the length of both. */
export class TextSearch {
  readonly #text: string;
  readonly #part: string;
  readonly #fallbacks: Int32Array | null;

  /** Pays for searching all of the text once, from the start to the end. */
  constructor(run: Evaluation, text: string, part: string) {
    this.#text = text;
    this.#part = part;
    const isLong = part.length > NATIVE_LENGTH_MAX && part.length <= text.length;
    run.readText(text.length * (isLong ? SEARCH_WEIGHT : NATIVE_WEIGHT));
    this.#fallbacks = isLong ? findFallbacks(run, part) : null;
  }

  /** Gives where the part is, at or after an offset; -1 when it is not there. */
  find(from: number): number {
    return this.#fallbacks === null ? this.#text.indexOf(this.#part, from) : this.#findLong(this.#fallbacks, from);
  }

  /** After Knuth, Morris and Pratt: no character of the text is looked at again. */
  #findLong(fallbacks: Int32Array, from: number): number {
    const [text, part] = [this.#text, this.#part];
    let matched = 0;
    for (let at = from; at < text.length; at += 1) {
      const character = text.charCodeAt(at);
      while (matched > 0 && part.charCodeAt(matched) !== character) {
        matched = fallbacks[matched] ?? 0;
      }
      matched += part.charCodeAt(matched) === character ? 1 : 0;
      if (matched === part.length) {
        return at + 1 - matched;
      }
    }
    return -1;
  }
}

/** Gives, for each length of the part's beginning, the longest shorter beginning that it ends with. */
function findFallbacks(run: Evaluation, part: string): Int32Array {
  run.readText(part.length * SEARCH_WEIGHT);
  run.allocate(part.length * Int32Array.BYTES_PER_ELEMENT);
  const fallbacks = new Int32Array(part.length + 1);
  let matched = 0;
  for (let length = 1; length < part.length; length += 1) {
    const character = part.charCodeAt(length);
    while (matched > 0 && part.charCodeAt(matched) !== character) {
      matched = fallbacks[matched] ?? 0;
    }
    matched += part.charCodeAt(matched) === character ? 1 : 0;
    fallbacks[length + 1] = matched;
  }
  return fallbacks;
}
