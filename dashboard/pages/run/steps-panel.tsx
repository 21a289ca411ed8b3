import type { JSX } from "preact";
import type { Run } from "../../model/api-types.ts";
import type { RunView } from "../../model/routes.ts";
import { Graph } from "./graph.tsx";
import { Items } from "./items.tsx";
import { StepsTable } from "./steps-table.tsx";

/** Above this a drawing says less than a table. */
const GRAPH_STEPS_MAX = 300;

/**
 * The steps of a run as graph or table: two views of one selection. Below them the items of its `foreach` steps.
 *
 * @param props - The run, the chosen step and view, and whom to tell of other choices.
 * @returns The panel.
 */
export function StepsPanel({
  run,
  chosen,
  view,
  onSelect,
  onView,
}: {
  readonly run: Run;
  readonly chosen: string | null;
  readonly view: RunView;
  readonly onSelect: (key: string) => void;
  readonly onView: (view: RunView) => void;
}): JSX.Element {
  const shown = view ?? (run.steps.length > GRAPH_STEPS_MAX ? "table" : "graph");
  return (
    <section class="panel steps-panel" aria-label="Steps">
      <div class="panel-head">
        <h2>Steps</h2>
        <div class="switch" role="group" aria-label="View">
          {(["graph", "table"] as const).map((name) => (
            <button key={name} type="button" aria-pressed={shown === name} onClick={() => onView(name)}>
              {name === "graph" ? "Graph" : "Table"}
            </button>
          ))}
        </div>
      </div>
      {shown === "graph" ? (
        <Graph nodes={run.steps} chosen={chosen} onSelect={onSelect} />
      ) : (
        <StepsTable steps={run.steps} chosen={chosen} onSelect={onSelect} />
      )}
      {run.steps.map((step) => (
        <Items key={step.key} run={run} step={step} chosen={chosen} onSelect={onSelect} />
      ))}
    </section>
  );
}
