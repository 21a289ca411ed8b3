import { integer, json, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { JsonObject } from "../../../domain/json.ts";
import { bytea } from "./bytea.ts";

/**
 * The audit log, append-only: a trigger refuses UPDATE, DELETE and TRUNCATE. Only the ledger writes it, in the
 * transaction of the change it tells of. Grows with every transition.
 */
export const events = pgTable(
  "events",
  {
    runId: uuid("run_id").notNull(),
    seq: integer("seq").notNull(),
    at: timestamp("at", { withTimezone: true, precision: 3 }).notNull(),
    type: text("type").notNull(),
    stepKey: text("step_key"),
    attempt: integer("attempt"),
    fromStatus: text("from_status"),
    toStatus: text("to_status"),
    actor: text("actor").notNull(),
    data: json("data").$type<JsonObject>().notNull(),
    prevHash: bytea("prev_hash").notNull(),
    hash: bytea("hash").notNull(),
  },
  // The primary key serves the only reads: the events of a run from a seq on. (events, verify, export)
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);
