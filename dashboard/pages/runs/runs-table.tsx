import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { CopyButton } from "../../components/copy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { formatInstant } from "../../model/format.ts";
import { ALL_RUNS, formatRoute, isFiltered, describeFilter } from "../../model/routes.ts";
import { ROWS_MAX } from "../../model/run-list.ts";
import { denial } from "../../state/identity.ts";
import { isNarrow } from "../../state/narrow.ts";
import { RunRow } from "./run-row.tsx";
import type { RunsStore } from "./runs-store.ts";

/** A cell across more columns than are shown would make room for those that are not. */
const COLUMNS = 7;
const COLUMNS_NARROW = 3;
const SKELETON_ROWS = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

/**
 * The list of runs. Loading, empty, empty because of the filter, and failed look different from each other.
 *
 * @param props - The runs.
 * @returns The table and what belongs to it.
 */
export function RunsTable({ store }: { readonly store: RunsStore }): JSX.Element {
  const { rows } = store.list.value;
  const isLoaded = store.isLoaded.value;
  return (
    <section class="runs" aria-label="Runs" aria-busy={!isLoaded}>
      {store.problem.value === null ? null : (
        <ProblemNote problem={store.problem.value} what="Runs could not be loaded" onRetry={() => void store.load()} />
      )}
      <FreshButton store={store} />
      <div class="table-frame">
        <table class="runs-table">
          <RunsHead />
          <tbody onKeyDown={moveBetweenRows}>
            {isLoaded || store.problem.value !== null
              ? rows.map((run) => <RunRow key={run.id} run={run} filter={store.filter} />)
              : SKELETON_ROWS.map((row) => <SkeletonRow key={row} />)}
          </tbody>
        </table>
        {isLoaded && rows.length === 0 ? <NoRuns store={store} /> : null}
      </div>
      <MoreButton store={store} />
    </section>
  );
}

function RunsHead(): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col" class="col-status">
          Status
        </th>
        <th scope="col">Workflow</th>
        <th scope="col" class="col-id wide">
          Run
        </th>
        <th scope="col" class="col-time">
          Created
        </th>
        <th scope="col" class="col-number">
          Duration
        </th>
        <th scope="col" class="col-number wide">
          Steps
        </th>
        <th scope="col" class="col-number wide">
          Attempts
        </th>
      </tr>
    </thead>
  );
}

function SkeletonRow(): JSX.Element {
  return (
    <tr class="skeleton" aria-hidden="true">
      <td colSpan={isNarrow.value ? COLUMNS_NARROW : COLUMNS}>
        <span class="bone" />
      </td>
    </tr>
  );
}

function FreshButton({ store }: { readonly store: RunsStore }): JSX.Element {
  const count = store.list.value.fresh.length;
  return (
    <div role="status" class="fresh">
      {count === 0 ? null : (
        <button type="button" class="button fresh-button" onClick={() => store.reveal()}>
          ↑ {count} new {count === 1 ? "run" : "runs"}
        </button>
      )}
    </div>
  );
}

function NoRuns({ store }: { readonly store: RunsStore }): JSX.Element {
  if (isFiltered(store.filter)) {
    return (
      <Empty>
        <p>
          No run matches {describeFilter(store.filter)}.{" "}
          <a href={formatRoute({ page: "runs", filter: ALL_RUNS })}>Clear the filter</a>
        </p>
      </Empty>
    );
  }
  if (denial.value !== null) return <Empty>No runs yet.</Empty>;
  const command = `curl -X POST ${location.origin}/api/workflows/joke/runs -H "Authorization: Bearer $BATON_API_KEY"`;
  return (
    <Empty>
      <p>No runs yet. Press Joke above, or:</p>
      <p class="command">
        <code>{command}</code> <CopyButton text={command} what="the command" />
      </p>
    </Empty>
  );
}

function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

function MoreButton({ store }: { readonly store: RunsStore }): JSX.Element | null {
  if (store.list.value.rows.length >= ROWS_MAX) {
    return <p class="muted more">These are the newest {ROWS_MAX}. Narrow the filter to see others.</p>;
  }
  if (store.nextCursor.value === null) return null;
  const searchedTo = store.searchedTo.value;
  return (
    <p class="more">
      {searchedTo === null ? null : <span class="muted">Searched back to {formatInstant(searchedTo)}. </span>}
      <button type="button" class="button" onClick={() => void store.loadMore()}>
        {store.isLoadingMore.value ? "Loading…" : "Load more"}
      </button>
    </p>
  );
}

/** Arrows, and j and k, go from row to row; Enter opens, since a row's focus is on its link. */
function moveBetweenRows(event: TargetedKeyboardEvent<HTMLTableSectionElement>): void {
  const step = new Map([
    ["ArrowDown", 1],
    ["j", 1],
    ["ArrowUp", -1],
    ["k", -1],
  ]).get(event.key);
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".row-link")];
  const at = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement) === true);
  links[at + step]?.focus();
  event.preventDefault();
}
