import { containersOf } from "../path.ts";
import type { Hindrance } from "./command.ts";
import type { RunDraft } from "./draft.ts";
import { isActive } from "./run.ts";
import { isForeach, isOpenItem, type PendingStep, type RetryingStep, type Step } from "./step.ts";
import type { StepStatus } from "./transitions.ts";

/**
 * Tells whether an attempt of a step may begin now. The one place that knows: a wake, a need that is met, the end of a
 * pause and an operator's retry all ask here.
 *
 * @param draft - The decision in the making; what holds the step is loaded.
 * @param step - A step of its run.
 * @param now - The instant.
 * @returns The step itself when it may, or what keeps it from that.
 */
export function mayBegin(draft: RunDraft, step: Step, now: Date): PendingStep | RetryingStep | Hindrance {
  const verdict = isHeld(draft) ? "run_paused" : mayGoOn(draft, step);
  return verdict === "yes" ? readyOr(step, now) : verdict;
}

/** What keeps a step from beginning that is neither PENDING nor RETRYING. */
const HINDRANCES = {
  RUNNING: "leased",
  WAITING: "waiting",
  COMPLETED: "step_done",
  FAILED: "step_done",
  SKIPPED: "step_done",
  CANCELED: "step_done",
} as const satisfies Record<Exclude<StepStatus, "PENDING" | "RETRYING">, Hindrance>;

function readyOr(step: Step, now: Date): PendingStep | RetryingStep | Hindrance {
  if (step.status === "PENDING") {
    return step.pendingNeeds > 0 ? "not_ready" : step;
  }
  if (step.status === "RETRYING") {
    return step.dueAt > now ? "not_due" : step;
  }
  return HINDRANCES[step.status];
}

/**
 * Tells whether the items of a `foreach` may be opened now.
 *
 * @param draft - The decision in the making; what holds the step is loaded.
 * @param step - A `foreach` whose items are under way.
 * @returns Whether nothing holds or fails around it.
 */
export function mayOpenItems(draft: RunDraft, step: Step): boolean {
  return !isHeld(draft) && mayGoOn(draft, step) === "yes";
}

/**
 * Tells whether a step may ever go on: its run and all that holds it are still on their way forward. A pause does not
 * count: it ends.
 *
 * @param draft - The decision in the making; what holds the step is loaded.
 * @param step - A step of its run.
 * @returns `yes`, or what keeps it from that.
 */
export function mayGoOn(draft: RunDraft, step: Step): "yes" | Hindrance {
  const { run } = draft;
  if (!isActive(run)) {
    return "run_ended";
  }
  if (run.phase === "failing") {
    return "run_failing";
  }
  const isForward = containersOf(step.key).every((key) => {
    const container = draft.requireStep(key);
    // A `foreach` that will fail opens no further item; what is open goes on to its end.
    return isForeach(container) || (isOpenItem(container) && container.waitingFor.failure === null);
  });
  return isForward ? "yes" : "scope_failing";
}

function isHeld({ run }: RunDraft): boolean {
  return isActive(run) && run.hold !== null;
}
