/**
 * Most work of checking one input. A unit is about a microsecond, never much more; a schema applied to a value takes
 * one. An input of 256 KiB has at most 130,000 values.
 */
const WORK_MAX = 250_000;

/**
 * Most schemas that may be open at one time, one in another: values in values, and references to references. The
 * checker opens a large frame for each.
 */
const OPEN_SCHEMAS_MAX = 300;

/** Ends the work on an input; it does not leave the functions that check inputs. */
export class InputTooCostly extends Error {
  /** JSON Pointer to the value that was one too many. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = "InputTooCostly";
    this.path = path;
  }
}

/** Counts what is done for one input, before it is done. */
export class InputWork {
  #spent = 0;
  #openSchemas = 0;

  /** Units so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Pays for work on the value at a path; throws an `InputTooCostly` when there has been too much. */
  spend(units: number, path: string): void {
    this.#spent += units;
    if (this.#spent > WORK_MAX) {
      const message =
        "checking the input from here on takes more work than one start may: send less, or simplify the input schema (patterns, `uniqueItems`, alternatives, defaults in defaults)";
      throw new InputTooCostly(path, message);
    }
  }

  /** Pays for applying a schema to the value at a path, and does what that takes. */
  enter<Result>(path: string, apply: () => Result): Result {
    this.spend(1, path);
    this.#openSchemas += 1;
    if (this.#openSchemas > OPEN_SCHEMAS_MAX) {
      const message = `more than ${OPEN_SCHEMAS_MAX} parts of the input schema apply within one another here: nest and refer less`;
      throw new InputTooCostly(path, message);
    }
    const result = apply();
    this.#openSchemas -= 1;
    return result;
  }
}
