import type { JSX } from "preact";
import type { RunStatus, StepStatus } from "../model/api-types.ts";
import { lookOf } from "../model/status.ts";

/**
 * Shows a state as icon, word and colour.
 *
 * @param props - The state.
 * @returns The badge.
 */
export function StatusBadge({ status }: { readonly status: RunStatus | StepStatus }): JSX.Element {
  const { icon, word } = lookOf(status);
  return (
    <span class={`status ${status.toLowerCase()}`}>
      <span class="status-icon" aria-hidden="true">
        {icon}
      </span>
      {word}
    </span>
  );
}
