CREATE TABLE "items" (
	"run_id" uuid NOT NULL,
	"step_key" text NOT NULL,
	"index" integer NOT NULL,
	"value" json NOT NULL,
	CONSTRAINT "items_run_id_step_key_index_pk" PRIMARY KEY("run_id","step_key","index")
);
--> statement-breakpoint
CREATE TABLE "signals" (
	"run_id" uuid NOT NULL,
	"name" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "signals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"payload" json NOT NULL,
	"actor" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"taken_by" text,
	CONSTRAINT "signals_run_id_name_idempotency_key_pk" PRIMARY KEY("run_id","name","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "phase" text DEFAULT 'forward' NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "hold" json;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "scope" text;--> statement-breakpoint
CREATE INDEX "steps_scope" ON "steps" USING btree ("run_id","scope","position") WHERE "steps"."scope" is not null;--> statement-breakpoint
CREATE INDEX "steps_signal" ON "steps" USING btree ("run_id",("waiting_for" ->> 'name')) WHERE "steps"."status" = 'WAITING' and "steps"."waiting_for" ->> 'kind' = 'signal';--> statement-breakpoint
-- Runs that an earlier release left on their way: what their state said of both is told apart.
UPDATE "runs" SET "phase" = 'failing' WHERE "failure" IS NOT NULL AND "ended_at" IS NULL;--> statement-breakpoint
UPDATE "runs" SET "hold" = coalesce(
  (SELECT json_build_object('actor', "e"."actor", 'reason', "e"."data" -> 'reason')
   FROM "events" "e" WHERE "e"."run_id" = "runs"."id" AND "e"."type" = 'RUN_PAUSED' ORDER BY "e"."seq" DESC LIMIT 1),
  '{"actor":"system","reason":null}'::json)
WHERE "status" = 'PAUSED';
