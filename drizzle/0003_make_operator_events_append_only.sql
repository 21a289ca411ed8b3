CREATE FUNCTION "refuse_operator_event_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log of operators is append-only: % of "operator_events" is refused', TG_OP;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "operator_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "operator_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_operator_event_change"();
