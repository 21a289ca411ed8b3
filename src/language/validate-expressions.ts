import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { findCondition, findExpressions, type FoundExpressions, type LocatedExpression } from "./expression-texts.ts";
import { ExpressionAllowance } from "./expression/allowance.ts";
import { FUNCTION_NAMES } from "./expression/functions/table.ts";
import { findReads, type RootRead } from "./expression/reads.ts";
import type { Finding, RecipePath } from "./recipe-issue.ts";
import { findAncestors, type StepOutline } from "./step-order.ts";
import { suggestHint } from "./suggest.ts";
import { isUnsupportedStep } from "./unsupported.ts";

/** Names that expressions can read; `secrets` and the later ones are known, and not supported yet. */
const NAMES = ["input", "steps", "errors", "run", "step"];
const LATER_NAMES = new Set(["item", "index", "result", "secrets"]);
const LATER_RUN_NAMES = new Set(["signalUrl", "status", "error"]);

/** What the expressions of one place may read. */
interface Place {
  /** The id of the step they are in, or null for the recipe's `output`. */
  readonly stepId: string | null;
  readonly stepPath: RecipePath;
  readonly allowsSecrets: boolean;
  /** Ids of all steps. */
  readonly ids: readonly string[];
  /** Ids of the steps that are done before; null when the order is not known. */
  readonly before: ReadonlySet<string> | null;
  /** Bounds the expressions of the recipe together. */
  readonly shared: ExpressionAllowance;
}

/**
 * Checks every expression of a recipe: that it is one, and that what it reads exists and is there in time.
 *
 * @param recipe - A recipe of any shape.
 * @param steps - Outlines of its steps.
 * @param isOrdered - Whether ids are unique and there are no cycles, so that the order can be told.
 * @returns Findings with the codes `expression_syntax`, `unknown_name`, `unknown_step`, `needs_order`,
 *   `secrets_outside_http` and `not_supported_yet`.
 */
export function validateExpressions(
  recipe: JsonObject,
  steps: readonly StepOutline[],
  isOrdered: boolean,
): readonly Finding[] {
  const ids = steps.map(({ id }) => id);
  const shared = new ExpressionAllowance();
  const ancestors = isOrdered ? findAncestors(steps) : null;
  const list: readonly Json[] = Array.isArray(recipe["steps"]) ? recipe["steps"] : [];
  const inSteps = list.flatMap((step, index) => {
    if (!isJsonObject(step) || isUnsupportedStep(step)) {
      return [];
    }
    const id = typeof step["id"] === "string" ? step["id"] : null;
    const before = id === null ? null : (ancestors?.get(id) ?? null);
    const place = {
      stepId: id,
      stepPath: ["steps", index],
      allowsSecrets: step["type"] === "http",
      ids,
      before,
      shared,
    };
    return checkStep(step, place);
  });
  const everything = { stepId: null, stepPath: [], allowsSecrets: false, ids, before: null, shared };
  return [...inSteps, ...check(findExpressions(recipe["output"] ?? null, ["output"], shared), everything)];
}

function checkStep(step: JsonObject, place: Place): readonly Finding[] {
  const { if: condition, with: parameters } = step;
  const inCondition =
    typeof condition === "string"
      ? check(findCondition(condition, [...place.stepPath, "if"], place.shared), { ...place, allowsSecrets: false })
      : [];
  return [
    ...inCondition,
    ...check(findExpressions(parameters ?? null, [...place.stepPath, "with"], place.shared), place),
  ];
}

function check(found: FoundExpressions, place: Place): readonly Finding[] {
  return [...found.findings, ...found.expressions.flatMap((located) => checkReads(located, place))];
}

function checkReads({ expression, path }: LocatedExpression, place: Place): readonly Finding[] {
  const reads = findReads(expression);
  const unknown = reads.unknownVariables.map((name): Finding => {
    const hint = suggestHint(name, FUNCTION_NAMES);
    return {
      code: "unknown_name",
      path,
      message: `nothing defines \`$${name.slice(0, 80)}\``,
      hint: hint.startsWith("did") ? hint.replace("`", "`$") : null,
    };
  });
  const seen = new Set<string>();
  const roots = reads.roots.flatMap((read) => {
    const key = `${read.name}.${read.member ?? ""}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew ? checkRoot(read, path, place) : [];
  });
  return [...unknown, ...roots];
}

function checkRoot(read: RootRead, path: RecipePath, place: Place): readonly Finding[] {
  const { name, member } = read;
  if (name === "secrets" && !place.allowsSecrets) {
    const message = "`secrets` can only be read in the `with` of an `http` step";
    return [
      { code: "secrets_outside_http", path, message, hint: "move it there: elsewhere its value would be stored" },
    ];
  }
  if (isLater(read)) {
    const what = name === "run" ? `run.${member ?? ""}` : name;
    return [
      { code: "not_supported_yet", path, message: `\`${what}\` is not supported yet`, hint: "leave it out for now" },
    ];
  }
  if (!NAMES.includes(name)) {
    const message = `there is no \`${name.slice(0, 80)}\` to read`;
    return [{ code: "unknown_name", path, message, hint: suggestHint(name, NAMES) }];
  }
  const id = name === "steps" || name === "errors" ? member : null;
  return id === null ? [] : checkStepRead(id, path, place);
}

function isLater({ name, member }: RootRead): boolean {
  return LATER_NAMES.has(name) || (name === "run" && member !== null && LATER_RUN_NAMES.has(member));
}

function checkStepRead(id: string, path: RecipePath, place: Place): readonly Finding[] {
  if (!place.ids.includes(id)) {
    const message = `there is no step \`${id.slice(0, 80)}\``;
    return [{ code: "unknown_step", path, message, hint: suggestHint(id, place.ids) }];
  }
  if (id === place.stepId) {
    return [
      {
        code: "needs_order",
        path,
        message: `\`${id}\` reads its own output`,
        hint: "read a step that is done before it",
      },
    ];
  }
  if (place.before === null || place.before.has(id)) {
    return [];
  }
  const message = `\`${id}\` is read here, but nothing says that it is done before`;
  return [{ code: "needs_order", path, message, hint: `add \`${id}\` to \`needs\` of \`${place.stepId ?? ""}\`` }];
}
