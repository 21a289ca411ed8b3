import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { EventTable } from "../../components/event-table.tsx";
import type { Run } from "../../model/api-types.ts";
import { nameOfStep } from "../../model/run-facts.ts";
import type { RunStore } from "./run-store.ts";
import { VerifyButton } from "./verify-button.tsx";

/**
 * Shows the audit log of a run, oldest first, and has it verified.
 *
 * @param props - The run's data, the run, and the chosen step.
 * @returns The panel.
 */
export function AuditLog({
  store,
  run,
  chosen,
}: {
  readonly store: RunStore;
  readonly run: Run;
  readonly chosen: string | null;
}): JSX.Element {
  const onlyChosen = useSignal(false);
  const events = store.events.value;
  const first = events[0]?.seq ?? 1;
  const step = chosen === null || chosen === "" ? null : chosen;
  const shown = onlyChosen.value && step !== null ? events.filter((event) => event.step === step) : events;
  return (
    <section class="panel audit-log" aria-label="Audit log">
      <div class="panel-head">
        <h2>Audit log</h2>
        {step === null ? null : (
          <label class="check">
            <input
              type="checkbox"
              checked={onlyChosen.value}
              onChange={(event) => {
                onlyChosen.value = event.currentTarget.checked;
              }}
            />
            Only {nameOfStep(step)}
          </label>
        )}
        <span class="spacer" />
        <VerifyButton runId={run.id} seq={run.seq} />
      </div>
      {first > 1 ? (
        <p class="note">
          Shown from event {first}.{" "}
          <button type="button" class="button small" onClick={() => void store.loadOlder()}>
            Load older
          </button>
        </p>
      ) : null}
      <EventTable events={shown} place="run" />
    </section>
  );
}
