import { index, integer, json, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
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
  (table) => [
    // The events of a run from a seq on. (events, verify, export, step detail)
    primaryKey({ columns: [table.runId, table.seq] }),
    // Events of all runs in a span of time, newest first. BRIN: rows arrive in the order of `at`, so it costs an insert
    // next to nothing; without autosummarize only a vacuum would fill it in. (audit)
    index("events_at").using("brin", table.at).with({ autosummarize: true, pages_per_range: 32 }),
  ],
);
