DROP INDEX "runs_parent";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "parent_run_id";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "parent_step_key";