import { sql } from "drizzle-orm";
import { index, integer, json, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { Json } from "../../../domain/json.ts";
import type { StepCounts } from "../../../domain/run/counts.ts";
import type { RunError } from "../../../domain/run/outcome.ts";
import type { Hold, RunPhase } from "../../../domain/run/run.ts";
import type { RunStatus } from "../../../domain/run/transitions.ts";
import { bytea } from "./bytea.ts";

/**
 * One row per run. Only the ledger writes it, under the row's lock; the API reads it. Grows with every run. The output
 * of a run is the output of the step its plan names, so it is not stored twice. There are no foreign keys on the hot
 * tables: the ledger writes run, steps and events in one transaction, and a key check per row costs a tenth of it.
 */
export const runs = pgTable(
  "runs",
  {
    id: uuid("id").primaryKey(),
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    shard: integer("shard").notNull(),
    status: text("status").$type<RunStatus>().notNull(),
    input: json("input").$type<Json>().notNull(),
    labels: jsonb("labels").$type<Readonly<Record<string, string>>>().notNull(),
    idempotencyKey: text("idempotency_key"),
    requestHash: text("request_hash"),
    rerunOf: uuid("rerun_of"),
    counts: json("counts").$type<StepCounts>().notNull(),
    failure: json("failure").$type<RunError>(),
    /** What an active run is about; of one that has ended what it was about. */
    phase: text("phase").$type<RunPhase>().notNull().default("forward"),
    /** Who paused it, and why; null: it is not paused. */
    hold: json("hold").$type<Hold>(),
    /** Head of the audit chain; it grows with every change, so it is the run's revision as well. */
    eventSeq: integer("event_seq").notNull(),
    eventHash: bytea("event_hash").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true, precision: 3 }).notNull(),
    startedAt: timestamp("started_at", { withTimezone: true, precision: 3 }),
    endedAt: timestamp("ended_at", { withTimezone: true, precision: 3 }),
    deadlineAt: timestamp("deadline_at", { withTimezone: true, precision: 3 }),
  },
  (table) => [
    // Has this start been made before? (start with an Idempotency-Key)
    uniqueIndex("runs_idempotency")
      .on(table.workflow, table.idempotencyKey)
      .where(sql`${table.idempotencyKey} is not null`),
    // Newest runs in a status. (runs list, stats)
    index("runs_status").on(table.status, table.id.desc()),
    // Newest runs of a workflow. (runs list)
    index("runs_workflow").on(table.workflow, table.id.desc()),
    // Runs with a label. (runs list)
    index("runs_labels")
      .using("gin", table.labels)
      .where(sql`${table.labels} <> '{}'::jsonb`),
    // Runs of a shard whose deadline has passed. (sweeper)
    index("runs_deadline")
      .on(table.shard, table.deadlineAt)
      .where(sql`${table.deadlineAt} is not null and ${table.endedAt} is null`),
  ],
);
