import { boolean, index, integer, json, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import type { Json } from "../../../domain/json.ts";
import type { StoredPlan } from "../../../domain/plan/plan.ts";

/**
 * One row per workflow name. Written when a recipe is saved, enabled or disabled; read by every start. Grows with the
 * number of workflows.
 */
export const workflows = pgTable("workflows", {
  name: text("name").primaryKey(),
  latestVersion: integer("latest_version").notNull(),
  /** False: history stays, no new runs. */
  enabled: boolean("enabled").notNull().default(true),
  createdAt: timestamp("created_at", { withTimezone: true, precision: 3 }).notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true, precision: 3 }).notNull(),
});

/**
 * Every recipe ever saved, immutable. Written once per version; read when a shard meets a version for the first time
 * and by the API. Grows with every change to a recipe.
 */
export const workflowVersions = pgTable(
  "workflow_versions",
  {
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    /** The recipe as written, as JSON. */
    recipe: json("recipe").$type<Json>().notNull(),
    /** Compiled by the release that saved it. */
    plan: json("plan").$type<StoredPlan["plan"]>().notNull(),
    /** SHA-256 over the canonical recipe: the same recipe again is no new version. */
    checksum: text("checksum").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true, precision: 3 }).notNull(),
    /** Actor that saved it. */
    createdBy: text("created_by").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workflow, table.version] }),
    // Is this recipe one of the saved versions? (save)
    index("workflow_versions_checksum").on(table.workflow, table.checksum),
  ],
);
