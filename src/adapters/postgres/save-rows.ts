import type { RunId, StepKey } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { StepError } from "../../domain/run/outcome.ts";
import type { ItemValueRef, ReadBack, SaveRequest } from "../../ledger/ports.ts";
import type { ReservedSql } from "./client.ts";
import {
  DELETE_INNER_STEPS,
  DELETE_ITEMS,
  GATHER_OUTPUTS,
  gathersOf,
  INSERT_ITEMS,
  itemInserts,
  mailUpserts,
  UPSERT_MAIL,
} from "./item-statements.ts";
import * as load from "./load-statements.ts";
import { pipeline } from "./round-trip.ts";
import { rowsAs } from "./row-mapping.ts";
import * as save from "./save-statements.ts";
import { arrayLiteral, NOTHING, run, runText, type Runner, stepPairs } from "./statement.ts";

interface ResultRow {
  readonly run_id: RunId;
  readonly key: StepKey;
  readonly output: Json;
  readonly error: StepError | null;
}

/**
 * Writes, reads what the begun steps read, and commits, in one round trip.
 *
 * @param connection - A connection in a transaction.
 * @param request - What to write and to read.
 * @returns What was read.
 */
export async function writeAndCommit(connection: ReservedSql, request: SaveRequest): Promise<ReadBack> {
  const { created, events, emptied, inputsOf, resultsOf, itemsOf } = request;
  const writes = [
    ...(emptied.length > 0
      ? [run(connection, DELETE_INNER_STEPS, stepPairs(emptied)), run(connection, DELETE_ITEMS, stepPairs(emptied))]
      : []),
    write(connection, save.INSERT_RUNS, save.runInserts(created)),
    write(connection, save.INSERT_STEPS, save.stepInserts(request)),
    write(connection, save.UPDATE_RUNS, save.runUpdates(request.changed)),
    write(connection, save.UPDATE_STEPS, stepUpdatesOf(request)),
    write(connection, INSERT_ITEMS, itemInserts(request.items)),
    write(connection, UPSERT_MAIL, mailUpserts(request.mail)),
    ...gathersOf(request.payloads).map((rows) => write(connection, GATHER_OUTPUTS, rows)),
    write(connection, save.INSERT_EVENTS, save.eventInserts(events)),
  ];
  const [inputs, results, items] = (
    await pipeline([
      ...writes,
      inputsOf.length > 0 ? run(connection, load.READ_INPUTS, [arrayLiteral(inputsOf)]) : NOTHING,
      resultsOf.length > 0 ? run(connection, load.READ_RESULTS, stepPairs(resultsOf)) : NOTHING,
      itemsOf.length > 0 ? run(connection, load.READ_ITEMS, itemTriples(itemsOf)) : NOTHING,
      runText(connection, "commit"),
    ])
  ).slice(writes.length);
  return {
    inputs: new Map(
      rowsAs<{ readonly id: RunId; readonly input: Json }>(inputs ?? []).map((row) => [row.id, row.input]),
    ),
    results: rowsAs<ResultRow>(results ?? []).map((row) => ({
      runId: row.run_id,
      stepKey: row.key,
      output: row.output,
      error: row.error,
    })),
    items: rowsAs<ItemRow>(items ?? []).map((row) => ({
      runId: row.run_id,
      stepKey: row.step_key,
      index: row.index,
      value: row.value,
    })),
  };
}

interface ItemRow {
  readonly run_id: RunId;
  readonly step_key: StepKey;
  readonly index: number;
  readonly value: Json;
}

function itemTriples(refs: readonly ItemValueRef[]): readonly string[] {
  return [...stepPairs(refs), arrayLiteral(refs.map((ref) => `${ref.index}`))];
}

function stepUpdatesOf(request: SaveRequest): readonly object[] {
  return request.changed.length > 0 ? save.stepUpdates(request) : [];
}

function write(
  connection: Runner,
  prepared: Parameters<typeof run>[1],
  rows: readonly object[],
): Promise<readonly unknown[]> {
  return rows.length > 0 ? run(connection, prepared, [rows]) : NOTHING;
}
