import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { getStep } from "../../api-client.ts";
import { ProblemNote } from "../../components/problem-note.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import type { Run, Step } from "../../model/api-types.ts";
import { nameOfStep } from "../../model/run-facts.ts";
import { useLive } from "../../state/use-live.ts";
import { RunPayload } from "./run-payload.tsx";
import { type InspectorTab, StepPayload } from "./step-payload.tsx";
import { WaitNote } from "./wait-note.tsx";

const TAB_WORDS = { output: "Output", input: "Input", attempts: "Attempts" } as const satisfies Record<
  InspectorTab,
  string
>;

/** What a run and an item have; no attempt is made of either. */
const RUN_TABS: ReadonlySet<InspectorTab> = new Set(["output", "input"]);
const STEP_TABS: ReadonlySet<InspectorTab> = new Set(["output", "input", "attempts"]);

/** A run, what of it is chosen, and whom to tell of another choice. */
interface InspectorPlace<Chosen> {
  readonly run: Run;
  readonly chosen: Chosen;
  readonly onSelect: (key: string) => void;
}

/**
 * Shows what went into a step and came out of it; of the run itself when no step is chosen.
 *
 * @param props - The run, the key of the chosen step, and whom to tell of another choice.
 * @returns The panel.
 */
export function Inspector({ run, chosen, onSelect }: InspectorPlace<string | null>): JSX.Element {
  const step = run.steps.find(({ key }) => key === chosen) ?? null;
  return (
    <section class="panel inspector" aria-label="Inspector">
      {chosen === null || step !== null ? (
        <Inspection key={chosen} run={run} chosen={step} onSelect={onSelect} />
      ) : (
        <InnerInspection key={chosen} run={run} chosen={chosen} onSelect={onSelect} />
      )}
    </section>
  );
}

/** An item or a step of one: a run does not list them, so it is read by itself. */
function InnerInspection({ run, chosen, onSelect }: InspectorPlace<string>): JSX.Element {
  const ended = useSignal(false);
  // One that has ended is read again only when the run ends or is opened again: its payloads may be large.
  const version = ended.value ? `ended ${run.endedAt}` : run.revision;
  const { value, problem } = useLive(`${run.id}/${chosen}`, version, async (signal) => {
    const result = await getStep(run.id, chosen, signal);
    if (result.ok) ended.value = result.value.endedAt !== null;
    return result;
  });
  if (value !== null) return <Inspection run={run} chosen={value} onSelect={onSelect} />;
  if (problem !== null) return <ProblemNote problem={problem} what={`${chosen} could not be loaded`} />;
  return <div class="bone tall" aria-hidden="true" />;
}

function Inspection({ run, chosen, onSelect }: InspectorPlace<Step | null>): JSX.Element {
  const wanted = useSignal<InspectorTab | null>(null);
  const tabs = chosen === null || chosen.type === "item" ? RUN_TABS : STEP_TABS;
  const usual = usualTab(chosen);
  const tab = [wanted.value, usual].find((name) => name !== null && tabs.has(name)) ?? "output";
  return (
    <>
      <InspectorHead chosen={chosen} onClear={() => onSelect("")} />
      {chosen === null ? null : <WaitNote runId={run.id} step={chosen} />}
      {chosen?.type === "item" && chosen.error !== null ? (
        <p class="failure-message">
          <code>{chosen.error.code}</code> <bdi>{chosen.error.message}</bdi>
        </p>
      ) : null}
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
    </>
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
