import type { Json } from "../json.ts";
import type { Actor, Reply, SignalCommand, ValueIssue } from "./command.ts";
import { concernedBy } from "./concerns.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { completeStep } from "./finish-step.ts";
import { MAIL_WAITING_MAX } from "./mailbox.ts";
import { isActive } from "./run.ts";
import type { RunningStep, Step, WaitingStep } from "./step.ts";
import type { SignalWait } from "./waiting.ts";

/**
 * Applies a `signal`: the step that waits longest for it takes it; without one it is kept for the step that will.
 *
 * @param draft - The decision in the making; steps that wait for the signal are loaded.
 * @param command - Name, key, payload and sender.
 * @param context - Plan, room, instant and randomness.
 * @returns `applied`; `already_received` when the run has one with the same name and key; or why it is refused.
 */
export function applySignal(draft: RunDraft, command: SignalCommand, context: DecideContext): Reply {
  const { name, idempotencyKey, actor } = command;
  const waiter = findWaiter(draft, name);
  const received = receive(draft, command, waiter, context);
  if (!("payload" in received)) {
    return received;
  }
  const { payload } = received;
  draft.mailbox.put({ name, idempotencyKey, payload, actor, receivedAt: context.now, takenBy: null });
  draft.record({
    type: "SIGNAL_RECEIVED",
    at: context.now,
    actor,
    step: null,
    attempt: null,
    from: null,
    to: null,
    data: { name, idempotencyKey },
  });
  if (waiter !== null) {
    // Who takes it is known only now, so what follows from it may not be loaded.
    draft.requireLoaded(concernedBy(waiter.key, context.plan));
    takeMail(draft, waiter, name, context);
  }
  return { kind: "applied" };
}

/**
 * Lets a step take the oldest signal of a name that is kept.
 *
 * @param draft - The decision in the making; the step's dependents and what holds it are loaded.
 * @param step - A step that waits for the signal, or is about to.
 * @param name - The name of the signal.
 * @param context - Plan, room, instant and randomness.
 * @returns Whether there was one; the step is done then.
 */
export function takeMail(
  draft: RunDraft,
  step: RunningStep | WaitingStep,
  name: string,
  context: DecideContext,
): boolean {
  const mail = draft.mailbox.take(name, step.key);
  if (mail === null) {
    return false;
  }
  const output = signalOutput(mail.payload, mail.actor);
  completeStep(draft, step, { actor: mail.actor, payload: { output } }, context);
  return true;
}

function signalOutput(payload: Json, by: Actor): Json {
  return { payload, by, timedOut: false };
}

/** The payload with its schema's defaults, or why the signal is refused. */
function receive(
  draft: RunDraft,
  command: SignalCommand,
  waiter: SignalStep | null,
  context: DecideContext,
): Reply | { readonly payload: Json } {
  const { name, idempotencyKey, payload } = command;
  const { run, mailbox } = draft;
  const { signals } = context.plan;
  const waits = signals.get(name);
  if (waits === undefined) {
    return { kind: "unknown_signal", names: [...signals.keys()] };
  }
  if (mailbox.has(name, idempotencyKey)) {
    return { kind: "already_received" };
  }
  if (!isActive(run)) {
    return { kind: "conflict", status: run.status, detail: `the run is ${run.status}; it waits for nothing any more` };
  }
  if (mailbox.waitingCount(name) >= MAIL_WAITING_MAX) {
    const detail = `${MAIL_WAITING_MAX} signals \`${name}\` are kept already, and no step has taken them yet`;
    return { kind: "conflict", status: run.status, detail };
  }
  return checkPayload(payload, waiter === null ? waits : [waiter.waitingFor], context);
}

/** Which step will take one that comes early is not known: it must fit one of them. */
function checkPayload(
  payload: Json,
  waits: readonly Pick<SignalWait, "schema">[],
  { checkValue }: DecideContext,
): Reply | { readonly payload: Json } {
  let issues: readonly ValueIssue[] = [];
  for (const { schema } of waits) {
    const checked = checkValue(schema, payload);
    if (checked.ok) {
      return { payload: checked.input };
    }
    ({ issues } = checked);
  }
  return { kind: "invalid_payload", issues };
}

interface SignalStep extends WaitingStep {
  readonly waitingFor: SignalWait;
}

/** Of the steps that wait for a signal the one that waits longest. */
function findWaiter(draft: RunDraft, name: string): SignalStep | null {
  const waiting = draft.steps().filter((step): step is SignalStep => isWaitingFor(step, name));
  const [longest] = waiting.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime());
  return longest ?? null;
}

function isWaitingFor(step: Step, name: string): boolean {
  return step.status === "WAITING" && step.waitingFor.kind === "signal" && step.waitingFor.name === name;
}
