import type { Plan } from "../../src/domain/definition/plan.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";

/** A run with all that is kept of it when all has come to rest. */
export interface LivedRun {
  readonly run: Run;
  readonly plan: Plan;
  readonly steps: readonly Step[];
  readonly events: readonly Event[];
}
