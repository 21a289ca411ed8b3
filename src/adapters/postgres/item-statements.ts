import { sql } from "drizzle-orm";
import type { ItemValues, RunMail, SaveRequest, StepRef } from "../../ledger/ports.ts";
import { items } from "./schema/items.ts";
import { signals } from "./schema/signals.ts";
import { steps } from "./schema/steps.ts";
import { statement } from "./statement.ts";

/** Takes away what `foreach` steps hold. `$1`, `$2`: run ids and keys, pair by pair. */
export const DELETE_INNER_STEPS = statement(
  sql`delete from ${steps} using unnest($1::text::uuid[], $2::text::text[]) as emptied(run_id, key)
      where steps.run_id = emptied.run_id
        and (steps.scope = emptied.key or starts_with(steps.scope, emptied.key || '['))`,
);

/** Takes away the values of their items. `$1`, `$2`: as in `DELETE_INNER_STEPS`. */
export const DELETE_ITEMS = statement(
  sql`delete from ${items} using unnest($1::text::uuid[], $2::text::text[]) as emptied(run_id, key)
      where items.run_id = emptied.run_id
        and (items.step_key = emptied.key or starts_with(items.step_key, emptied.key || '['))`,
);

/** Inserts the values of items. `$1`: JSON array of rows; each has the list as JSON text. */
export const INSERT_ITEMS = statement(
  sql`insert into ${items} (run_id, step_key, index, value)
      select r.run_id, r.step_key, (item.place - 1)::integer, item.value
      from json_to_recordset($1::json) as r(run_id uuid, step_key text, items text),
        json_array_elements(r.items::json) with ordinality as item(value, place)`,
);

/** Keeps signals, or notes who took them. `$1`: JSON array of rows, oldest first. */
export const UPSERT_MAIL = statement(
  sql`insert into ${signals} (run_id, name, idempotency_key, payload, actor, received_at, taken_by)
      select run_id, name, idempotency_key, payload::json, actor, received_at, taken_by
      from json_to_recordset($1::json) as r(run_id uuid, name text, idempotency_key text, payload text, actor text,
        received_at timestamptz, taken_by text)
      on conflict (run_id, name, idempotency_key) do update set taken_by = excluded.taken_by`,
);

/**
 * Puts the outputs of `foreach` steps together, in the order of their items: of each the output of one step of its
 * block, or its error. `$1`: JSON array of rows; `node` names the step. Those that are items of others come in a
 * statement before.
 */
export const GATHER_OUTPUTS = statement(
  sql`update ${steps} set output = coalesce(gathered.output, '[]'::json)
      from json_to_recordset($1::json) as r(run_id uuid, key text, node text)
      left join lateral (
        select json_agg(
          case when item.status = 'COMPLETED' then coalesce(result.output, 'null'::json)
            else json_build_object('error', json_build_object('code', item.error -> 'code',
              'message', item.error -> 'message')) end
          order by item.position) as output
        from ${steps} item
        left join ${steps} result on result.run_id = item.run_id and result.key = item.key || '.' || r.node
          and result.status = 'COMPLETED'
        where item.run_id = r.run_id and item.scope = r.key) as gathered on true
      where steps.run_id = r.run_id and steps.key = r.key`,
);

/**
 * Makes the rows of `INSERT_ITEMS`.
 *
 * @param written - Lists.
 * @returns Rows for `json_to_recordset`.
 */
export function itemInserts(written: readonly ItemValues[]): readonly object[] {
  return written
    .filter(({ values }) => values.length > 0)
    .map(({ runId, stepKey, values }) => ({ run_id: runId, step_key: stepKey, items: JSON.stringify(values) }));
}

/**
 * Makes the rows of `UPSERT_MAIL`.
 *
 * @param mail - Signals, oldest first.
 * @returns Rows for `json_to_recordset`.
 */
export function mailUpserts(mail: readonly RunMail[]): readonly object[] {
  return mail.map(({ runId, name, idempotencyKey, payload, actor, receivedAt, takenBy }) => ({
    run_id: runId,
    name,
    idempotency_key: idempotencyKey,
    payload: JSON.stringify(payload),
    actor,
    received_at: receivedAt,
    taken_by: takenBy,
  }));
}

/**
 * Makes the rows of `GATHER_OUTPUTS`.
 *
 * @param payloads - What the transaction stores beside steps.
 * @returns Rows for one statement after another: a list that is part of another is put together before it.
 */
export function gathersOf(payloads: SaveRequest["payloads"]): readonly (readonly object[])[] {
  const gathered = payloads.filter(({ gather }) => gather !== undefined);
  const byDepth = Map.groupBy(gathered, depthOf);
  const depths = [...byDepth.keys()].toSorted((one, other) => other - one);
  return depths.map((depth) =>
    (byDepth.get(depth) ?? []).map(({ runId, stepKey, gather }) => ({ run_id: runId, key: stepKey, node: gather })),
  );
}

function depthOf({ stepKey }: StepRef): number {
  return stepKey.split("[").length;
}
