import type { JSX } from "preact";
import { listWorkflows, startRun } from "../../api-client.ts";
import { OperatorButton } from "../../components/operator-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { TimeAgo } from "../../components/time.tsx";
import type { WorkflowSummary } from "../../model/api-types.ts";
import { ALL_RUNS, formatRoute } from "../../model/routes.ts";
import { goTo } from "../../state/location.ts";
import { notify } from "../../state/notices.ts";
import { useResource } from "../../state/use-resource.ts";
import { useTitle } from "../../state/use-title.ts";

/**
 * Lists the workflows.
 *
 * @returns The page.
 */
export function WorkflowsPage(): JSX.Element {
  useTitle("Workflows");
  const { value, problem } = useResource("workflows", (signal) => listWorkflows(null, signal));
  return (
    <main class="page">
      <h1 tabIndex={-1}>Workflows</h1>
      {problem === null ? null : <ProblemNote problem={problem} what="Workflows could not be loaded" />}
      {value === null ? <div class="bone tall" aria-hidden="true" /> : <WorkflowTable workflows={value.items} />}
      {value === null || value.nextCursor === null ? null : (
        <p class="muted">These are the first {value.items.length} by name; the API lists the others.</p>
      )}
    </main>
  );
}

function WorkflowTable({ workflows }: { readonly workflows: readonly WorkflowSummary[] }): JSX.Element {
  if (workflows.length === 0) {
    return (
      <p class="empty">No workflows yet. Save a recipe with POST /api/workflows; examples are in examples/demo.</p>
    );
  }
  return (
    <div class="table-frame">
      <table class="workflow-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="cell-number">
              Version
            </th>
            <th scope="col" class="wide">
              Saved
            </th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {workflows.map((workflow) => (
            <WorkflowRow key={workflow.name} workflow={workflow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function WorkflowRow({ workflow }: { readonly workflow: WorkflowSummary }): JSX.Element {
  const { name, version, enabled, updatedAt } = workflow;
  return (
    <tr>
      <td class="cell-text">
        <a href={formatRoute({ page: "workflow", name })}>{name}</a>
        {enabled ? null : <span class="muted"> takes no new runs</span>}
      </td>
      <td class="cell-number">{version}</td>
      <td class="wide">
        <TimeAgo at={updatedAt} />
      </td>
      <td class="cell-buttons">
        <a class="button small" href={formatRoute({ page: "runs", filter: { ...ALL_RUNS, workflow: name } })}>
          Runs<span class="visually-hidden"> of {name}</span>
        </a>{" "}
        {enabled ? (
          <OperatorButton look="button small" onClick={() => void startAndOpen(name)}>
            Run<span class="visually-hidden"> {name}</span>
          </OperatorButton>
        ) : null}
      </td>
    </tr>
  );
}

/**
 * Starts a run without input and opens its page.
 *
 * @param workflow - Of which workflow.
 */
export async function startAndOpen(workflow: string): Promise<void> {
  const result = await startRun(workflow);
  if (result.ok) goTo({ page: "run", runId: result.value.id, step: null, view: null });
  else notify("error", `${workflow} did not start: ${result.problem.detail}.`);
}
