import { isForeach, type Step } from "../../src/domain/run/step.ts";
import { messageOf } from "../../src/domain/target.ts";
import type { Plant } from "./plant.ts";

/** A settle is taken whatever token it carries: a late result overwrites what came after it. */
const FENCE: Plant = {
  command: (request, database) => {
    const { command, runId } = request;
    const step =
      command.type === "settle" ? database.steps(runId).find(({ key }) => key === command.stepKey) : undefined;
    return command.type === "settle" && step?.status === "RUNNING"
      ? { ...request, command: { ...command, token: step.token } }
      : request;
  },
};

/** The counters of a run miss a step that was skipped. */
const COUNTER: Plant = {
  save: (request) => ({
    ...request,
    changed: request.changed.map((change) => {
      const { run, steps } = change;
      const counts = { ...run.counts, skipped: run.counts.skipped - 1 };
      return steps.some(({ status }) => status === "SKIPPED") ? { ...change, run: { ...run, counts } } : change;
    }),
  }),
};

/** A step whose backoff begins is not put back on the queue. */
const WAKE_OF_RETRY: Plant = {
  commit: (commit) => {
    const retries = new Set(
      commit.events.flatMap(({ type, runId, step }) => (type === "STEP_RETRYING" ? [`${runId}/${step}`] : [])),
    );
    const messages = commit.messages.filter((change) => !retries.has(messageOf(change)));
    return { ...commit, messages };
  },
};

/** A message that is refused for now is dropped in place of put back. */
const WAKE_OF_REFUSED: Plant = {
  commit: (commit) => {
    const told = new Set(commit.events.map(({ runId, step }) => `${runId}/${step}`));
    const messages = commit.messages.map((change) =>
      told.has(messageOf(change)) ? change : { ...change, visibleAt: null },
    );
    return { ...commit, messages };
  },
};

/** The sweeper does not see leases that have run out. */
const SWEEP_OF_LEASES: Plant = {
  due: ({ due, strayed }) => ({ due: due.filter(({ needsPlace }) => needsPlace), strayed }),
};

/** An event is not written. */
const LOG: Plant = {
  save: (request) => ({
    ...request,
    events: request.events.filter(({ type }) => type !== "STEP_RETRYING"),
  }),
};

/** A timer that begins is not put on the queue. */
const WAKE_OF_TIMER: Plant = {
  commit: (commit) => {
    const timers = new Set(
      commit.events.flatMap(({ type, runId, step }) => (type === "STEP_WAITING" ? [`${runId}/${step}`] : [])),
    );
    return { ...commit, messages: commit.messages.filter((change) => !timers.has(messageOf(change))) };
  },
};

/** A signal stays in the mailbox when a step takes it. */
const MAIL_KEPT: Plant = {
  save: (request) => ({ ...request, mail: request.mail.map((mail) => ({ ...mail, takenBy: null })) }),
};

/** A signal that comes before its step is not kept. */
const MAIL_LOST: Plant = {
  save: (request) => ({ ...request, mail: request.mail.filter(({ takenBy }) => takenBy !== null) }),
};

/** The end of an item is not counted by its list. */
const ITEM_NOT_COUNTED: Plant = {
  save: (request) => ({
    ...request,
    changed: request.changed.map((change) => ({ ...change, steps: change.steps.map(withOneLess) })),
  }),
};

function withOneLess(step: Step): Step {
  return isForeach(step) && step.waitingFor.completed > 0
    ? { ...step, waitingFor: { ...step.waitingFor, completed: step.waitingFor.completed - 1 } }
    : step;
}

/** The values of a list are stored backwards. */
const ITEMS_BACKWARDS: Plant = {
  save: (request) => ({
    ...request,
    items: request.items.map((list) => ({ ...list, values: list.values.toReversed() })),
  }),
};

/** A list ends without its output. */
const ITEMS_NOT_GATHERED: Plant = {
  save: (request) => ({ ...request, payloads: request.payloads.filter(({ gather }) => gather === undefined) }),
};

/** Mistakes to plant into the engine, by what they break. */
export const PLANTED_MISTAKES: readonly { readonly what: string; readonly plant: Plant }[] = [
  { what: "a settle that ignores the token", plant: FENCE },
  { what: "a counter that misses a step", plant: COUNTER },
  { what: "a step that is not put back on the queue for its retry", plant: WAKE_OF_RETRY },
  { what: "a refused message that is dropped in place of put back", plant: WAKE_OF_REFUSED },
  { what: "a timer that is not put on the queue", plant: WAKE_OF_TIMER },
  { what: "a sweeper that does not see leases", plant: SWEEP_OF_LEASES },
  { what: "an event that is not written", plant: LOG },
  { what: "a signal that stays when it is taken", plant: MAIL_KEPT },
  { what: "a signal that is not kept for its step", plant: MAIL_LOST },
  { what: "an item whose end is not counted", plant: ITEM_NOT_COUNTED },
  { what: "a list that is stored backwards", plant: ITEMS_BACKWARDS },
  { what: "a list that ends without its output", plant: ITEMS_NOT_GATHERED },
];
