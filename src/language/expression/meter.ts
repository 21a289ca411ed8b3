import { ExpressionFailure } from "./expression-error.ts";

/** Counts what the expressions of one template use. Each evaluation has its own: evaluations may run side by side. */
export class Meter {
  readonly #budget: number;
  #left: number;

  /** `budget` is in units of fuel; see `FUEL_DEFAULT`. */
  constructor(budget: number) {
    this.#budget = budget;
    this.#left = budget;
  }

  /** Uses fuel up; throws an `ExpressionFailure` when there is not enough, then and ever after. */
  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) {
      const message = `it takes more than ${this.#budget} evaluation steps: work on fewer items, or split the step`;
      throw new ExpressionFailure("expression_fuel", message);
    }
  }

  /**
   * Takes all fuel away. After a failure, the other branches of a list or an object would go on evaluating in the
   * background: without fuel they end at their next node.
   */
  close(): void {
    this.#left = -1;
  }
}
