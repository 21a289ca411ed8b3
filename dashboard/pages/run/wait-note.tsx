import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Countdown } from "../../components/time.tsx";
import type { Step } from "../../model/api-types.ts";
import { formatInstant } from "../../model/format.ts";
import { denial } from "../../state/identity.ts";
import { SignalForm } from "./signal-form.tsx";

/**
 * Says what a step waits for, since when and until when; whoever may send the signal that it waits for does so here.
 *
 * @param props - The run and the step.
 * @returns The note; nothing for a step that waits for nothing from outside.
 */
export function WaitNote({ runId, step }: { readonly runId: string; readonly step: Step }): JSX.Element | null {
  const { waitingFor, startedAt, availableAt } = step;
  if (waitingFor === null || waitingFor.kind === "items") return null;
  const end = availableAt === null ? null : <Due at={availableAt} />;
  if (waitingFor.kind === "timer") return <p class="pending waiting">◷ Goes on {end}.</p>;
  if (waitingFor.kind === "block") {
    return (
      <p class="pending waiting">
        ◷ {waitingFor.unfinished} of its steps to go, {waitingFor.atWork} of them at work.
      </p>
    );
  }
  return (
    <div class="pending waiting">
      <p>
        ◷ Waits for the signal <code>{waitingFor.name}</code>
        {startedAt === null ? null : <> since {formatInstant(startedAt)}</>},{" "}
        {end === null ? "for as long as it takes" : <>and gives up {end}</>}.
      </p>
      {step.parent === null ? null : (
        <p class="muted">Of the steps that wait for it, the one that has waited longest takes it.</p>
      )}
      <SignalControl runId={runId} name={waitingFor.name} schema={waitingFor.schema} />
    </div>
  );
}

/** Nothing for a viewer. */
function SignalControl(signal: Parameters<typeof SendSignal>[0]): JSX.Element | null {
  return denial.value === null ? <SendSignal {...signal} /> : null;
}

function Due({ at }: { readonly at: string }): JSX.Element {
  return (
    <>
      <Countdown at={at} />, at <time dateTime={at}>{formatInstant(at)}</time>
    </>
  );
}

function SendSignal(signal: Omit<Parameters<typeof SignalForm>[0], "onSent">): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="button small"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {isOpen.value ? "Do not send it" : "Send the signal…"}
      </button>
      {isOpen.value ? (
        <SignalForm
          {...signal}
          onSent={() => {
            isOpen.value = false;
          }}
        />
      ) : null}
    </>
  );
}
