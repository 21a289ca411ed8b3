import { bigint, json, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { OperatorEventType } from "../../../api/audit/port.ts";
import type { Role } from "../../../api/keys/port.ts";
import type { JsonObject } from "../../../domain/json.ts";

/**
 * API keys: of each the hash, never the key. Written when a key is made, used or revoked; read by requests whose key an
 * isolate does not know. A row stays when its key is revoked, for events name keys and a name must not change its owner.
 */
export const apiKeys = pgTable(
  "api_keys",
  {
    name: text("name").primaryKey(),
    prefix: text("prefix").notNull(),
    /** SHA-256 of the key, in hex. The keys are random, so that no slow hash is needed. */
    digest: text("digest").notNull(),
    role: text("role").$type<Role>().notNull(),
    createdAt: timestamp("created_at", { withTimezone: true, precision: 3 }).notNull(),
    createdBy: text("created_by").notNull(),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true, precision: 3 }),
    revokedAt: timestamp("revoked_at", { withTimezone: true, precision: 3 }),
  },
  // Whose key is this? (every request with a key that its isolate does not know)
  (table) => [uniqueIndex("api_keys_digest").on(table.digest)],
);

/**
 * What operators did that belongs to no run: workflows saved and deleted, keys made and revoked. Append-only: a trigger
 * refuses UPDATE, DELETE and TRUNCATE. Written in the transaction of the change it tells of; read by the audit page.
 */
export const operatorEvents = pgTable("operator_events", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  at: timestamp("at", { withTimezone: true, precision: 3 }).notNull(),
  actor: text("actor").notNull(),
  type: text("type").$type<OperatorEventType>().notNull(),
  /** Name of what was changed. */
  subject: text("subject").notNull(),
  data: json("data").$type<JsonObject>().notNull(),
});
