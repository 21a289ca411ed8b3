CREATE TABLE "events" (
	"run_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"step_key" text,
	"attempt" integer,
	"from_status" text,
	"to_status" text,
	"actor" text NOT NULL,
	"data" json NOT NULL,
	"prev_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "events_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workflow" text NOT NULL,
	"version" integer NOT NULL,
	"shard" integer NOT NULL,
	"status" text NOT NULL,
	"input" json NOT NULL,
	"labels" jsonb NOT NULL,
	"idempotency_key" text,
	"request_hash" text,
	"rerun_of" uuid,
	"parent_run_id" uuid,
	"parent_step_key" text,
	"counts" json NOT NULL,
	"failure" json,
	"event_seq" integer NOT NULL,
	"event_hash" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"deadline_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "steps" (
	"run_id" uuid NOT NULL,
	"key" text NOT NULL,
	"node_id" text NOT NULL,
	"type" text NOT NULL,
	"position" integer NOT NULL,
	"shard" integer NOT NULL,
	"status" text NOT NULL,
	"attempt" integer NOT NULL,
	"max_attempts" integer NOT NULL,
	"pending_needs" integer NOT NULL,
	"lease_token" text,
	"available_at" timestamp (3) with time zone,
	"queued_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"error" json,
	"input" json,
	"output" json,
	"waiting_for" json,
	CONSTRAINT "steps_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "workflow_versions" (
	"workflow" text NOT NULL,
	"version" integer NOT NULL,
	"recipe" json NOT NULL,
	"plan" json NOT NULL,
	"checksum" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "workflow_versions_workflow_version_pk" PRIMARY KEY("workflow","version")
);
--> statement-breakpoint
CREATE TABLE "workflows" (
	"name" text PRIMARY KEY NOT NULL,
	"latest_version" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "runs_idempotency" ON "runs" USING btree ("workflow","idempotency_key") WHERE "runs"."idempotency_key" is not null;--> statement-breakpoint
CREATE INDEX "runs_status" ON "runs" USING btree ("status","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_workflow" ON "runs" USING btree ("workflow","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_labels" ON "runs" USING gin ("labels") WHERE "runs"."labels" <> '{}'::jsonb;--> statement-breakpoint
CREATE INDEX "runs_deadline" ON "runs" USING btree ("shard","deadline_at") WHERE "runs"."deadline_at" is not null and "runs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "runs_parent" ON "runs" USING btree ("parent_run_id") WHERE "runs"."parent_run_id" is not null;--> statement-breakpoint
CREATE INDEX "steps_available" ON "steps" USING btree ("shard","available_at") WHERE "steps"."available_at" is not null;--> statement-breakpoint
CREATE INDEX "workflow_versions_checksum" ON "workflow_versions" USING btree ("workflow","checksum");