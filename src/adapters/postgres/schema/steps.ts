import { sql } from "drizzle-orm";
import { index, integer, json, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Json } from "../../../domain/json.ts";
import type { StepType } from "../../../domain/plan/plan.ts";
import type { StepError } from "../../../domain/run/outcome.ts";
import type { StepStatus } from "../../../domain/run/transitions.ts";
import type { WaitingFor } from "../../../domain/run/waiting.ts";

/**
 * One row per step of a run. Only the ledger writes it, under the lock of the run's row (lease renewals, guarded by the
 * token, are the exception). Steps with `available_at` are the outbox: a message for each is, or will again be, on the
 * queue. Grows with every run times its steps.
 */
export const steps = pgTable(
  "steps",
  {
    runId: uuid("run_id").notNull(),
    key: text("key").notNull(),
    nodeId: text("node_id").notNull(),
    type: text("type").$type<StepType>().notNull(),
    /** What holds it: of `each[3].resize` the item `each[3]`, of the item `each`. Null: the run itself does. */
    scope: text("scope"),
    /** Place in its block, or of an item in its list, from 0: the order of lists. */
    position: integer("position").notNull(),
    shard: integer("shard").notNull(),
    status: text("status").$type<StepStatus>().notNull(),
    attempt: integer("attempt").notNull(),
    maxAttempts: integer("max_attempts").notNull(),
    pendingNeeds: integer("pending_needs").notNull(),
    leaseToken: text("lease_token"),
    /** When something is due by itself: ready since, retry due, lease end, timer. Null: nothing is. */
    availableAt: timestamp("available_at", { withTimezone: true, precision: 3 }),
    queuedAt: timestamp("queued_at", { withTimezone: true, precision: 3 }),
    startedAt: timestamp("started_at", { withTimezone: true, precision: 3 }),
    /** When the step was done; while it is RETRYING, when its last attempt failed and its wait began. */
    endedAt: timestamp("ended_at", { withTimezone: true, precision: 3 }),
    error: json("error").$type<StepError>(),
    /** The parameters of the last attempt as resolved. */
    input: json("input").$type<Json>(),
    output: json("output").$type<Json>(),
    /** What it waits for, or waited for last: a timer, a signal, items, the block of an item. */
    waitingFor: json("waiting_for").$type<WaitingFor>(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.key] }),
    // Steps of a shard that are due, oldest first. (sweeper, health)
    index("steps_available")
      .on(table.shard, table.availableAt)
      .where(sql`${table.availableAt} is not null`),
    // Items of a `foreach`, steps of an item, in their order. (run page, output of a `foreach`, retry)
    index("steps_scope")
      .on(table.runId, table.scope, table.position)
      .where(sql`${table.scope} is not null`),
    // Steps of a run that wait for a signal, by its name, or for a time, the earliest first. (signals, run page, why)
    index("steps_waits")
      .on(table.runId, sql`(${table.waitingFor} ->> 'name')`, table.availableAt)
      .where(sql`${table.status} = 'WAITING' and ${table.waitingFor} ->> 'kind' in ('timer', 'signal')`),
  ],
);
