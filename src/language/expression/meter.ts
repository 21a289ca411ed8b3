import { isNumberLike } from "./evaluation/values.ts";
import { ExpressionFailure } from "./expression-error.ts";
import { LIST_LENGTH_MAX, MEMORY_BYTES_MAX, OPEN_LEVELS_MAX, TEXT_LENGTH_MAX, VALUE_DEPTH_MAX } from "./limits.ts";

// What a unit pays for, measured so that it is worth 14 to 70 ns where the work is dearest: see docs/performance.md.
const CHARACTERS_READ_PER_FUEL = 32;
const CHARACTERS_COMPARED_PER_FUEL = 600;
const CHARACTERS_ORDERED_PER_FUEL = 200;
const CHARACTERS_MADE_PER_FUEL = 384;
const ENTRIES_PER_FUEL = 8;
const TABLE_MEMBERS_MIN = 128;
const FUEL_PER_NAME_OF_TABLE = 4;
const BYTES_PER_CHARACTER = 2;
const ENTRY_COST = 0.25;
const TABLE_COST = 7;
const MEMBER_COST = 4;
/** Names that are numbers are put into a table in three steps: see `setMember`. */
const NUMBERED_MEMBER_COST = 12;
const BYTES_PER_ENTRY = 12;
const BYTES_PER_TEXT = 32;
/** What the engine takes for a list that grows, before its first entry. */
const BYTES_PER_LIST = 176;
const BYTES_PER_OBJECT = 64;
const BYTES_PER_WRITTEN_MEMBER = 16;
const BYTES_PER_TABLE = 192;
const BYTES_PER_MEMBER = 64;

/**
 * Counts what the expressions of one template use: fuel for work, and memory for what they make. Work is paid for
 * before it is done. Every method throws an `ExpressionFailure` when there is not enough left.
 */
export class Meter {
  readonly #fuel: number;
  #fuelLeft: number;
  #bytesLeft = MEMORY_BYTES_MAX;
  #openLevels = 0;

  /** `fuel` is in units; see `FUEL_DEFAULT`. */
  constructor(fuel: number) {
    this.#fuel = fuel;
    this.#fuelLeft = fuel;
  }

  /** Units of fuel that are used up. */
  get spent(): number {
    return this.#fuel - this.#fuelLeft;
  }

  /** Bytes that were made. */
  get allocatedBytes(): number {
    return MEMORY_BYTES_MAX - this.#bytesLeft;
  }

  /** Pays for work, in units. */
  spend(units: number): void {
    const left = this.#fuelLeft - units;
    // Asked this way around, no amount that is negative or no number can fill or break the meter.
    if (!(left >= 0 && left <= this.#fuelLeft)) {
      this.#refuseFuel();
    }
    this.#fuelLeft = left;
  }

  /** Pays for looking at each character of a text. */
  readText(length: number): void {
    this.spend(1 + length / CHARACTERS_READ_PER_FUEL);
  }

  /** Pays for telling whether two texts of `length` characters are the same, or for looking one up. */
  compareText(length: number): void {
    this.spend(1 + length / CHARACTERS_COMPARED_PER_FUEL);
  }

  /** Pays for finding out which of two texts comes first, of which the shorter one has `length` characters. */
  orderText(length: number): void {
    this.spend(1 + length / CHARACTERS_ORDERED_PER_FUEL);
  }

  /** Pays for text that is made, of `length` characters, and for the work of making it. */
  makeText(length: number): void {
    if (!(length <= TEXT_LENGTH_MAX)) {
      throw new ExpressionFailure("expression_too_large", `it makes text longer than ${TEXT_LENGTH_MAX} characters`);
    }
    this.spend(1 + length / CHARACTERS_MADE_PER_FUEL);
    this.allocate(BYTES_PER_TEXT + length * BYTES_PER_CHARACTER);
  }

  /** Pays for looking at the entries of a list or the members of an object. */
  readEntries(count: number): void {
    this.spend(1 + count / ENTRIES_PER_FUEL);
  }

  /** Pays for one entry more of a list that is being made. */
  addEntry(): void {
    this.spend(ENTRY_COST);
    this.allocate(BYTES_PER_ENTRY);
  }

  /** Pays for so many entries more of a list that is being made. */
  addEntries(count: number): void {
    this.spend(1 + count / ENTRIES_PER_FUEL);
    this.allocate(count * BYTES_PER_ENTRY);
  }

  /** Pays for an object whose names are written in the expression. */
  makeObject(count: number): void {
    this.spend(1 + count / ENTRIES_PER_FUEL);
    this.allocate(BYTES_PER_OBJECT + count * BYTES_PER_WRITTEN_MEMBER);
  }

  /** Pays for an object whose names come from data: the engine keeps it in a table of its own. */
  openTable(): void {
    this.spend(TABLE_COST);
    this.allocate(BYTES_PER_TABLE);
  }

  /** Pays for a member of an object whose names come from data. */
  makeMember(name: string): void {
    this.spend(isNumberLike(name) ? NUMBERED_MEMBER_COST : MEMBER_COST);
    this.allocate(BYTES_PER_MEMBER);
  }

  /** Pays for listing the names of an object; where they are many the engine keeps them in a table that it has to sort. */
  readNames(count: number): void {
    this.spend(1 + (count > TABLE_MEMBERS_MIN ? count * FUEL_PER_NAME_OF_TABLE : count / ENTRIES_PER_FUEL));
  }

  /** Pays for a list of `count` entries or an object of as many members, and for the work of filling it. */
  makeEntries(count: number): void {
    if (!(count <= LIST_LENGTH_MAX)) {
      throw new ExpressionFailure("expression_too_large", `it makes a list longer than ${LIST_LENGTH_MAX} entries`);
    }
    this.spend(1 + count / ENTRIES_PER_FUEL);
    this.allocate(BYTES_PER_LIST + count * BYTES_PER_ENTRY);
  }

  /** Pays for a frame of so many variables. */
  makeVariables(count: number): void {
    this.spend(count / ENTRIES_PER_FUEL);
    this.allocate(count * BYTES_PER_ENTRY);
  }

  /** Pays for memory. */
  allocate(bytes: number): void {
    const left = this.#bytesLeft - bytes;
    if (!(left >= 0 && left <= this.#bytesLeft)) {
      const mebibytes = MEMORY_BYTES_MAX / 1024 / 1024;
      const message = `it makes more than ${mebibytes} MiB of values: work on fewer items, or split the step`;
      throw new ExpressionFailure("expression_too_large", message);
    }
    this.#bytesLeft = left;
  }

  /** Notes that a function is entered whose body is `levels` nodes deep; `leave` takes them back. */
  enter(levels: number): void {
    this.#openLevels += levels;
    if (this.#openLevels > OPEN_LEVELS_MAX) {
      const message =
        "it recurses too deeply: check that the recursion ends, or make the call the last thing that it does";
      throw new ExpressionFailure("expression_too_deep", message, { jsonataCode: "D1011" });
    }
  }

  /** See `enter`. */
  leave(levels: number): void {
    this.#openLevels -= levels;
  }

  /** Refuses to walk into lists and objects that are nested too deeply. */
  refuseDepth(depth: number): void {
    if (depth > VALUE_DEPTH_MAX) {
      const message = `it works with a value nested deeper than ${VALUE_DEPTH_MAX} levels`;
      throw new ExpressionFailure("expression_too_deep", message);
    }
  }

  #refuseFuel(): never {
    // Then and ever after: what goes on in spite of it ends at its next node.
    this.#fuelLeft = 0;
    const message = `it takes more than ${this.#fuel} units of work: work on fewer items, or split the step`;
    throw new ExpressionFailure("expression_fuel", message);
  }
}
