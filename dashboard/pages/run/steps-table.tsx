import type { JSX } from "preact";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Elapsed, TimeAgo } from "../../components/time.tsx";
import type { Step } from "../../model/api-types.ts";
import { formatBytes } from "../../model/format.ts";
import { nameOfStep, writeProgress } from "../../model/run-facts.ts";

/**
 * Lists the steps of a run.
 *
 * @param props - The steps, the chosen one, and whom to tell of another choice.
 * @returns The table.
 */
export function StepsTable({
  steps,
  chosen,
  onSelect,
}: {
  readonly steps: readonly Step[];
  readonly chosen: string | null;
  readonly onSelect: (key: string) => void;
}): JSX.Element {
  return (
    <div class="table-frame scroll" tabIndex={0} role="region" aria-label="Steps of the run">
      <table class="steps-table">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Status</th>
            <th scope="col">Type</th>
            <th scope="col" class="cell-number">
              Attempts
            </th>
            <th scope="col">Started</th>
            <th scope="col" class="cell-number">
              Duration
            </th>
            <th scope="col" class="cell-number">
              Input
            </th>
            <th scope="col" class="cell-number">
              Output
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <StepRow key={step.key} step={step} isChosen={step.key === chosen} onSelect={onSelect} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StepRow({
  step,
  isChosen,
  onSelect,
}: {
  readonly step: Step;
  readonly isChosen: boolean;
  readonly onSelect: (key: string) => void;
}): JSX.Element {
  return (
    <tr class={isChosen ? "run-row chosen" : "run-row"}>
      <td class="cell-text">
        <button type="button" class="row-link link" aria-pressed={isChosen} onClick={() => onSelect(step.key)}>
          {nameOfStep(step.key)}
        </button>
      </td>
      <td>
        <StatusBadge status={step.status} />
      </td>
      <td>
        {step.type}
        {step.progress === null ? null : <span class="muted"> {writeProgress(step.progress)}</span>}
      </td>
      <td class="cell-number">
        {step.attempt}/{step.maxAttempts}
      </td>
      <td>
        <TimeAgo at={step.startedAt} />
      </td>
      <td class="cell-number">
        <Elapsed startedAt={step.status === "RETRYING" ? null : step.startedAt} endedAt={step.endedAt} />
      </td>
      <td class="cell-number">{formatBytes(step.inputBytes)}</td>
      <td class="cell-number">{formatBytes(step.outputBytes)}</td>
    </tr>
  );
}
