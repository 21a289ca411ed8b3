import type { Evaluation } from "./evaluation.ts";
import { Frame } from "./frames.ts";
import { Marked, sequenceOf, type List, type Value } from "./values.ts";

/** A value of a path together with the variables that steps before it have bound. */
export interface Row {
  readonly value: Value;
  /** The variables, in the order of the path's names. */
  readonly frame: Frame;
}

/** The rows of a path that the path around it goes on with. */
export class RowStream extends Marked {
  readonly rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    super();
    this.rows = rows;
  }
}

const BYTES_PER_ROW = 184;
const BYTES_PER_VARIABLE = 12;

/**
 * Makes a row that has the variables of another.
 *
 * @param run - What pays.
 * @param frame - The variables to be copied.
 * @param value - The value.
 * @returns The row.
 */
export function copyRow(run: Evaluation, frame: Frame, value: Value): Row {
  const { values } = frame;
  run.spend(2 + values.length / 4);
  run.allocate(BYTES_PER_ROW + values.length * BYTES_PER_VARIABLE);
  return { value, frame: new Frame(frame.parent, values.slice()) };
}

/**
 * Gives the values of rows, without the variables.
 *
 * @param run - What pays.
 * @param rows - The rows.
 * @returns The values.
 */
export function valuesOfRows(run: Evaluation, rows: readonly Row[]): List {
  run.makeEntries(rows.length);
  return sequenceOf(rows.map(({ value }) => value));
}
