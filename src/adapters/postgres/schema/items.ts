import { integer, json, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { Json } from "../../../domain/json.ts";

/**
 * The values of the items of a `foreach`. Written once, when its list is known; read by the attempts of its block.
 * Grows with every item.
 */
export const items = pgTable(
  "items",
  {
    runId: uuid("run_id").notNull(),
    /** The `foreach`. */
    stepKey: text("step_key").notNull(),
    /** Place in the list, from 0. */
    index: integer("index").notNull(),
    value: json("value").$type<Json>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepKey, table.index] })],
);
