import { parseWorkflowName } from "../../../domain/ids.ts";
import { compileRecipe, type CompileResult } from "../../../language/compile-recipe.ts";
import { ok } from "../answer.ts";
import { getWorkflow, listWorkflows, type RecipeText, saveWorkflow, validateWorkflow } from "../contract/workflows.ts";
import { cutPage, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import { viewPlan, viewWorkflow, viewWorkflowSummary } from "../views/workflow-view.ts";

/** Recipes: save, check, list, get. */
export const workflowOperations: readonly ServedOperation[] = [
  serveOperation(saveWorkflow, async ({ body, actor, services, database }) => {
    const compiled = compile(body);
    if (!compiled.ok) {
      const count = compiled.issues.length;
      const detail = `the recipe has ${count === 1 ? "a problem" : `${count} problems`}; see \`issues\``;
      return problem("invalid_recipe", detail, { issues: compiled.issues });
    }
    const { recipe, plan, checksum } = compiled;
    const request = { recipe, plan, checksum, actor: actor ?? "system", now: services.now() };
    const { version, isNew } = await database().workflows.save(request);
    const saved = { name: plan.workflow, version };
    const headers = { Location: `/api/workflows/${plan.workflow}` };
    return isNew ? { kind: "created", body: saved, headers } : ok(saved, headers);
  }),
  serveOperation(validateWorkflow, async ({ body }) => {
    const compiled = compile(body);
    return ok(
      compiled.ok
        ? { ok: true, issues: [], plan: viewPlan(compiled.plan) }
        : { ok: false, issues: [...compiled.issues], plan: null },
    );
  }),
  serveOperation(listWorkflows, async ({ query, database }) => {
    const cursor = readCursor(query.cursor, parseWorkflowName);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const found = await database().workflows.list({ after: cursor.after, limit: query.limit + 1 });
    const { rows, nextCursor } = cutPage(found, query.limit, (workflow) => workflow.name);
    return ok({ items: rows.map(viewWorkflowSummary), nextCursor });
  }),
  serveOperation(getWorkflow, async ({ params, database }) => {
    const workflow = await database().workflows.findLatest(params.name);
    return workflow === null
      ? problem("workflow_not_found", `there is no workflow ${params.name}; GET /api/workflows lists them`)
      : ok(viewWorkflow(workflow));
  }),
];

function compile(body: RecipeText | undefined): CompileResult {
  const { text, format } = body ?? { text: "", format: "json" };
  return compileRecipe(text, format);
}
