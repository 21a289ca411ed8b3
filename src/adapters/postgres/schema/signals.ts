import { bigint, json, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Json } from "../../../domain/json.ts";

/**
 * The mailboxes of runs: signals that came, taken by a step or kept for one. Only the ledger writes it, under the lock of
 * the run's row. Grows with every signal.
 */
export const signals = pgTable(
  "signals",
  {
    runId: uuid("run_id").notNull(),
    name: text("name").notNull(),
    /** Of the sender; a second signal of the run with the same name and key counts for nothing. */
    idempotencyKey: text("idempotency_key").notNull(),
    /** The order in which signals came. */
    id: bigint("id", { mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    payload: json("payload").$type<Json>().notNull(),
    actor: text("actor").notNull(),
    receivedAt: timestamp("received_at", { withTimezone: true, precision: 3 }).notNull(),
    /** Key of the step that took it; null while none has. */
    takenBy: text("taken_by"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.name, table.idempotencyKey] })],
);
