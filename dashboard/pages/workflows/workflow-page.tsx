import type { JSX } from "preact";
import { checkRecipe, getWorkflow } from "../../api-client.ts";
import { JsonView } from "../../components/json-view.tsx";
import { OperatorButton } from "../../components/operator-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { TimeAgo } from "../../components/time.tsx";
import type { RecipeCheck, Workflow } from "../../model/api-types.ts";
import { formatDuration } from "../../model/format.ts";
import { ALL_RUNS, formatRoute } from "../../model/routes.ts";
import { nameOfStep } from "../../model/run-facts.ts";
import { useResource } from "../../state/use-resource.ts";
import { useTitle } from "../../state/use-title.ts";
import { startAndOpen } from "./workflows-page.tsx";

/**
 * The page of a workflow: its plan, its recipe, and what hardly means what it says in it.
 *
 * @param props - Which workflow.
 * @returns The page.
 */
export function WorkflowPage({ name }: { readonly name: string }): JSX.Element {
  useTitle(name);
  const { value, problem } = useResource(`workflow/${name}`, (signal) => getWorkflow(name, signal));
  return (
    <main class="page">
      <div class="run-title">
        <h1 tabIndex={-1}>
          {name}
          {value === null ? null : <span class="muted version"> v{value.version}</span>}
        </h1>
        <div class="actions">
          <OperatorButton look="button small primary" onClick={() => void startAndOpen(name)}>
            Run
          </OperatorButton>
          <a class="button small" href={formatRoute({ page: "runs", filter: { ...ALL_RUNS, workflow: name } })}>
            Its runs
          </a>
        </div>
      </div>
      {problem === null ? null : <ProblemNote problem={problem} what="The workflow could not be loaded" />}
      {value === null ? <div class="bone tall" aria-hidden="true" /> : <WorkflowDetails workflow={value} />}
    </main>
  );
}

function WorkflowDetails({ workflow }: { readonly workflow: Workflow }): JSX.Element {
  const { name, version, recipe } = workflow;
  // Without an answer the page has all it is for.
  const checked = useResource(`recipe/${name}/${version}`, (signal) => checkRecipe(recipe, signal));
  const warnings = checked.value?.warnings ?? [];
  return (
    <>
      <p class="muted">
        Saved <TimeAgo at={workflow.createdAt} /> by {workflow.createdBy}. {explainWorstCase(workflow.plan.worstCaseMs)}
      </p>
      <section class="panel" aria-label="Plan">
        <div class="panel-head">
          <h2>Plan</h2>
        </div>
        <PlanTable plan={workflow.plan} />
      </section>
      {warnings.length === 0 ? null : <Warnings warnings={warnings} />}
      <section class="panel" aria-label="Recipe">
        <div class="panel-head">
          <h2>Recipe</h2>
        </div>
        <JsonView value={recipe} name={`recipe of ${name}`} />
      </section>
    </>
  );
}

function explainWorstCase(worstCaseMs: number | null): string {
  return worstCaseMs === null
    ? "Nothing bounds how long a run of it takes."
    : `At worst a run of it takes ${formatDuration(worstCaseMs)}.`;
}

/** Saving gave these too, but whoever saved it may not be who reads this. */
function Warnings({ warnings }: Pick<RecipeCheck, "warnings">): JSX.Element {
  return (
    <section class="panel" aria-label="Warnings">
      <div class="panel-head">
        <h2>Warnings</h2>
        <span class="muted">The recipe is valid, but this hardly means what it says.</span>
      </div>
      <ul class="warnings">
        {warnings.map(({ path, code, message, hint }) => (
          <li key={`${path} ${code} ${message}`}>
            <code>{path}</code>
            <span>
              <bdi>{message}</bdi>
              {hint === null ? null : <span class="muted"> — {hint}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The steps around a step, outermost first. */
function writeEnclosing(around: string | null, within: ReadonlyMap<string, string | null>): string {
  return around === null ? "" : `${writeEnclosing(within.get(around) ?? null, within)}${around} / `;
}

function PlanTable({ plan }: { readonly plan: Workflow["plan"] }): JSX.Element {
  const within = new Map(plan.nodes.map((node) => [node.id, node.within]));
  return (
    <div class="table-frame scroll" tabIndex={0} role="region" aria-label="Steps of the plan">
      <table class="plan-table">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Type</th>
            <th scope="col">Needs</th>
            <th scope="col" class="cell-number">
              Attempts
            </th>
            <th scope="col">Waits between them</th>
            <th scope="col" class="cell-number">
              Timeout
            </th>
          </tr>
        </thead>
        <tbody>
          {plan.nodes.map((node) => (
            <tr key={node.id}>
              <td class="cell-text">
                <span class="muted">{writeEnclosing(node.within, within)}</span>
                {nameOfStep(node.id)}
              </td>
              <td>{node.type}</td>
              <td class="cell-text">{node.needs.join(", ")}</td>
              <td class="cell-number">{node.attempts}</td>
              <td class="cell-text">{node.retryDelaysMs.map(formatDuration).join(", ")}</td>
              <td class="cell-number">{formatDuration(node.timeoutMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
