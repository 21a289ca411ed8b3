import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { RunStatus } from "../../model/api-types.ts";
import { formatRoute, type RunFilter } from "../../model/routes.ts";
import { lookOf, RUN_STATUS_ORDER } from "../../model/status.ts";
import { replaceRoute } from "../../state/location.ts";

const TYPING_PAUSE_MS = 300;
/** States that few runs are in get a chip only while they are filtered for. */
const ALWAYS_SHOWN: ReadonlySet<RunStatus> = new Set([
  "PENDING",
  "RUNNING",
  "RETRYING",
  "WAITING",
  "COMPLETED",
  "FAILED",
  "CANCELED",
]);

/**
 * Chips that filter by state, and the search. Both are in the address.
 *
 * @param props - Which runs the list shows now.
 * @returns The toolbar.
 */
export function RunsToolbar({ filter }: { readonly filter: RunFilter }): JSX.Element {
  const shown = RUN_STATUS_ORDER.filter((status) => ALWAYS_SHOWN.has(status) || filter.statuses.includes(status));
  return (
    <div class="toolbar">
      <nav class="chips" aria-label="Filter by state">
        <a class="chip" href={addressWith(filter, [])} {...pressed(filter.statuses.length === 0)}>
          All
        </a>
        {shown.map((status) => (
          <a
            key={status}
            class={`chip ${status.toLowerCase()}`}
            href={addressWith(filter, toggle(filter.statuses, status))}
            {...pressed(filter.statuses.includes(status))}
          >
            <span class="status-icon" aria-hidden="true">
              {lookOf(status).icon}
            </span>
            {lookOf(status).word}
          </a>
        ))}
      </nav>
      {filter.workflow === null ? null : (
        <a class="chip" aria-current="true" href={formatRoute({ page: "runs", filter: { ...filter, workflow: null } })}>
          <bdi class="ellipsis">{filter.workflow}</bdi> <span aria-hidden="true">✕</span>
          <span class="visually-hidden">: show all workflows</span>
        </a>
      )}
      <SearchBox filter={filter} />
    </div>
  );
}

function SearchBox({ filter }: { readonly filter: RunFilter }): JSX.Element {
  const text = useSignal(filter.search);
  useEffect(() => {
    text.value = filter.search;
  }, [filter.search]);
  useEffect(() => {
    if (text.value.trim() === filter.search) return undefined;
    const timer = setTimeout(
      () => replaceRoute({ page: "runs", filter: { ...filter, search: text.value.trim() } }),
      TYPING_PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [text.value]);
  return (
    <input
      class="search"
      type="search"
      aria-label="Search runs by id, workflow, label or error"
      placeholder="Search id, workflow, label, error"
      value={text.value}
      maxLength={200}
      onInput={(event) => {
        text.value = event.currentTarget.value;
      }}
    />
  );
}

function toggle(statuses: readonly RunStatus[], status: RunStatus): readonly RunStatus[] {
  if (statuses.includes(status)) return statuses.filter((other) => other !== status);
  return RUN_STATUS_ORDER.filter((other) => other === status || statuses.includes(other));
}

function addressWith(filter: RunFilter, statuses: readonly RunStatus[]): string {
  return formatRoute({ page: "runs", filter: { ...filter, statuses } });
}

function pressed(isOn: boolean): { readonly "aria-current"?: "true" } {
  return isOn ? { "aria-current": "true" } : {};
}
