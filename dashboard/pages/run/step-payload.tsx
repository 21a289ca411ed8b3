import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { getStep } from "../../api-client.ts";
import { JsonView } from "../../components/json-view.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Run, Step, StepDetail } from "../../model/api-types.ts";
import { formatBytes } from "../../model/format.ts";
import { nameOfStep } from "../../model/run-facts.ts";
import { useResource } from "../../state/use-resource.ts";
import { AttemptList } from "./attempt-list.tsx";

/** What of a step, or of the run, is looked at. */
export type InspectorTab = "output" | "input" | "attempts";

/** Payloads larger than this are loaded only when somebody asks for them. */
const UNASKED_BYTES_MAX = 512 * 1024;

/**
 * Shows a step's output, input or attempts; read when the step is chosen, and again when it has moved on.
 *
 * @param props - The run, the step, and what of it.
 * @returns The view.
 */
export function StepPayload({
  run,
  step,
  tab,
}: {
  readonly run: Run;
  readonly step: Step;
  readonly tab: InspectorTab;
}): JSX.Element {
  const isWanted = useSignal(false);
  const bytes = (step.inputBytes ?? 0) + (step.outputBytes ?? 0);
  const mayLoad = isWanted.value || bytes <= UNASKED_BYTES_MAX;
  const { value, problem } = useResource(
    `${run.id}/${step.key} ${step.status} ${step.attempt}`,
    mayLoad ? (signal) => getStep(run.id, step.key, signal) : null,
  );
  if (!mayLoad) {
    return (
      <p class="note">
        Input and output are {formatBytes(bytes)} long.{" "}
        <button
          type="button"
          class="button small"
          onClick={() => {
            isWanted.value = true;
          }}
        >
          Load them
        </button>
      </p>
    );
  }
  if (problem !== null) return <ProblemNote problem={problem} what="The step could not be loaded" />;
  return value === null ? <div class="bone tall" aria-hidden="true" /> : <Part step={step} detail={value} tab={tab} />;
}

function Part({
  step,
  detail,
  tab,
}: {
  readonly step: Step;
  readonly detail: StepDetail;
  readonly tab: InspectorTab;
}): JSX.Element {
  switch (tab) {
    case "attempts":
      return <AttemptList attempts={detail.attempts} />;
    case "output":
      return step.status === "COMPLETED" ? (
        <JsonView value={detail.output} name={`output of ${nameOfStep(step.key)}`} />
      ) : (
        <p class="muted">No output: the step is {step.status}.</p>
      );
    case "input":
      return step.inputBytes === null ? (
        <p class="muted">No input is kept for this step: it reads other steps directly, or has not begun.</p>
      ) : (
        <JsonView value={detail.input} name={`input of ${nameOfStep(step.key)}`} />
      );
  }
}
