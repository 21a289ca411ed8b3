import type { JSX } from "preact";
import { CopyButton } from "../../components/copy-button.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Elapsed, TimeAgo } from "../../components/time.tsx";
import type { RunSummary } from "../../model/api-types.ts";
import { shortenId } from "../../model/format.ts";
import { type RunFilter, runAddress } from "../../model/routes.ts";
import { matchesFilter } from "../../model/run-list.ts";

/**
 * One row of the list. A run that no longer fits the filter stays, greyed, until the list is loaded anew.
 *
 * @param props - The run, and what the list shows.
 * @returns The row; its link covers it.
 */
export function RunRow({ run, filter }: { readonly run: RunSummary; readonly filter: RunFilter }): JSX.Element {
  const { id, workflow, version, status, createdAt, startedAt, endedAt, steps, attempts, error } = run;
  return (
    <tr class={matchesFilter(run, filter) ? "run-row" : "run-row leaving"}>
      <td>
        <StatusBadge status={status} />
      </td>
      <td class="cell-workflow">
        <a class="row-link" href={runAddress(id)} {...(error === null ? {} : { title: error.message })}>
          {workflow}
        </a>
        <span class="muted"> v{version}</span>
      </td>
      <td class="wide cell-id">
        <code title={id}>{shortenId(id)}</code>
        <CopyButton text={id} what="run id" />
      </td>
      <td class="cell-time">
        <TimeAgo at={createdAt} />
      </td>
      <td class="cell-number">
        <Elapsed startedAt={startedAt} endedAt={endedAt} />
      </td>
      <td class="cell-number wide">
        {steps.completed + steps.skipped}/{steps.total}
      </td>
      <td class="cell-number wide">{attempts}</td>
    </tr>
  );
}
