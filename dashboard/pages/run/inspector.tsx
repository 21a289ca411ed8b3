import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { StatusBadge } from "../../components/status-badge.tsx";
import type { Run, Step } from "../../model/api-types.ts";
import { nameOfStep } from "../../model/run-facts.ts";
import { RunPayload } from "./run-payload.tsx";
import { type InspectorTab, StepPayload } from "./step-payload.tsx";

const TAB_WORDS = { output: "Output", input: "Input", attempts: "Attempts" } as const satisfies Record<
  InspectorTab,
  string
>;

const RUN_TABS: ReadonlySet<InspectorTab> = new Set(["output", "input"]);
const STEP_TABS: ReadonlySet<InspectorTab> = new Set(["output", "input", "attempts"]);

/**
 * Shows what went into a step and came out of it; of the run itself when no step is chosen.
 *
 * @param props - The run, the chosen step, and whom to tell of another choice.
 * @returns The panel.
 */
export function Inspector({
  run,
  chosen,
  onSelect,
}: {
  readonly run: Run;
  readonly chosen: Step | null;
  readonly onSelect: (key: string) => void;
}): JSX.Element {
  const wanted = useSignal<InspectorTab | null>(null);
  const tabs = chosen === null ? RUN_TABS : STEP_TABS;
  const tab = wanted.value !== null && tabs.has(wanted.value) ? wanted.value : usualTab(chosen);
  return (
    <section class="panel inspector" aria-label="Inspector">
      <InspectorHead chosen={chosen} onClear={() => onSelect("")} />
      <div class="switch" role="group" aria-label="What to show">
        {[...tabs].map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={tab === name}
            onClick={() => {
              wanted.value = name;
            }}
          >
            {TAB_WORDS[name]}
          </button>
        ))}
      </div>
      {chosen === null ? (
        <RunPayload key={tab} run={run} part={tab === "input" ? "input" : "output"} />
      ) : (
        <StepPayload key={chosen.key} run={run} step={chosen} tab={tab} />
      )}
    </section>
  );
}

function InspectorHead({
  chosen,
  onClear,
}: {
  readonly chosen: Step | null;
  readonly onClear: () => void;
}): JSX.Element {
  if (chosen === null) {
    return (
      <div class="panel-head">
        <h2>Result</h2>
      </div>
    );
  }
  return (
    <div class="panel-head">
      <h2>{nameOfStep(chosen.key)}</h2>
      <StatusBadge status={chosen.status} />
      <span class="spacer" />
      <button type="button" class="button small" onClick={onClear}>
        Show the run's result
      </button>
    </div>
  );
}

/** A step that has failed has no output to show, and its attempts say why. */
function usualTab(chosen: Step | null): InspectorTab {
  return chosen !== null && chosen.outputBytes === null ? "attempts" : "output";
}
