import { parseWorkflowName } from "../../domain/ids.ts";
import { compileRecipe, type CompileResult } from "../../recipe/compile-recipe.ts";
import { ok } from "../http/answer.ts";
import { cutPage, readCursor, readNumber } from "../http/cursor.ts";
import { problem, type Problem } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import {
  deleteWorkflow,
  getVersion,
  getWorkflow,
  listVersions,
  listWorkflows,
  type RecipeText,
  saveWorkflow,
  validateWorkflow,
} from "./contract.ts";
import { viewPlan, viewVersion, viewWorkflow, viewWorkflowSummary } from "./view.ts";

/** Recipes: save, check, list, get. */
export const workflowOperations: readonly ServedOperation[] = [
  serveOperation(saveWorkflow, async ({ body, actor, services, database }) => {
    const compiled = compile(body);
    if (!compiled.ok) {
      const count = compiled.issues.length;
      const detail = `the recipe has ${count === 1 ? "a problem" : `${count} problems`}; see \`issues\``;
      return problem("invalid_recipe", detail, { issues: compiled.issues });
    }
    const { recipe, plan, checksum, warnings } = compiled;
    const request = { recipe, plan, checksum, actor: actor ?? "system", now: services.now() };
    const { version, isNew } = await database.workflows.save(request);
    const saved = { name: plan.workflow, version, warnings: [...warnings] };
    const headers = { Location: `/api/workflows/${plan.workflow}` };
    return isNew ? { kind: "created", body: saved, headers } : ok(saved, headers);
  }),
  serveOperation(validateWorkflow, async ({ body }) => {
    const compiled = compile(body);
    return ok(
      compiled.ok
        ? { ok: true, issues: [], warnings: [...compiled.warnings], plan: viewPlan(compiled.plan) }
        : { ok: false, issues: [...compiled.issues], warnings: [], plan: null },
    );
  }),
  serveOperation(listWorkflows, async ({ query, database }) => {
    const cursor = readCursor(query.cursor, parseWorkflowName);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const found = await database.workflows.list({ after: cursor.after, limit: query.limit + 1 });
    const { rows, nextCursor } = cutPage(found, query.limit, (workflow) => workflow.name);
    return ok({ items: rows.map(viewWorkflowSummary), nextCursor });
  }),
  serveOperation(getWorkflow, async ({ params, database }) => {
    const workflow = await database.workflows.find(params.name, null);
    return workflow === null ? noWorkflow(params.name) : ok(viewWorkflow(workflow));
  }),
  serveOperation(listVersions, async ({ params, query, database }) => {
    const cursor = readCursor(query.cursor, readNumber);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const page = { after: cursor.after, limit: query.limit + 1 };
    const found = await database.workflows.listVersions(params.name, page);
    if (found === null) {
      return noWorkflow(params.name);
    }
    const { rows, nextCursor } = cutPage(found, query.limit, ({ version }) => String(version));
    return ok({ items: rows.map(viewVersion), nextCursor });
  }),
  serveOperation(getVersion, async ({ params, database }) => {
    const { name, version } = params;
    const found = await database.workflows.find(name, version);
    return found === null
      ? problem("version_not_found", `there is no version ${version} of a workflow ${name}`)
      : ok(viewWorkflow(found));
  }),
  serveOperation(deleteWorkflow, async ({ params, actor, services, database }) => {
    const disabled = await database.workflows.disable(params.name, actor ?? "system", services.now());
    return disabled === null ? noWorkflow(params.name) : ok(viewWorkflowSummary(disabled));
  }),
];

function noWorkflow(name: string): Problem {
  return problem("workflow_not_found", `there is no workflow ${name}; GET /api/workflows lists them`);
}

function compile(body: RecipeText | undefined): CompileResult {
  const { text, format } = body ?? { text: "", format: "json" };
  return compileRecipe(text, format);
}
