DROP INDEX "runs_parent";
-- The columns "parent_run_id" and "parent_step_key", which nothing writes, stay for now: a Worker of the release before
-- reads them until it is replaced. A release that finds nobody reading them drops them, or fills them.
