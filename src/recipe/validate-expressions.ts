import { isJsonObject, type JsonObject } from "../domain/json.ts";
import {
  findCondition,
  findExpressions,
  type FoundExpressions,
  type LocatedExpression,
} from "../language/expression-texts.ts";
import { ExpressionAllowance } from "../language/expression/allowance.ts";
import { FUNCTION_NAMES } from "../language/expression/functions/table.ts";
import { findReads, type RootRead } from "../language/expression/reads.ts";
import type { Finding, RecipePath } from "../language/recipe-issue.ts";
import { suggestHint } from "../language/suggest.ts";
import { findDefinition } from "../steps/registry.ts";
import { isForLater, refuseForNow } from "./not-supported.ts";
import { allSteps, blockIn, type BlockOutline, readSteps, templatesOf } from "./outline.ts";
import { findAncestors } from "./step-order.ts";

/** Names that expressions can read everywhere, and those that are there inside of a `foreach`. */
const NAMES = ["input", "steps", "errors", "run", "step"];
const ITEM_NAMES = ["item", "index"];

/** What is known of a recipe as a whole. */
interface Known {
  /** For each step, the ids of the steps that it runs inside of, from the outermost. */
  readonly enclosing: ReadonlyMap<string, readonly string[]>;
  /** For each step, the steps of its block that are done before; null when the order is not known. */
  readonly ancestors: ReadonlyMap<string, ReadonlySet<string>> | null;
  /** Bounds the regular expressions of the recipe together. */
  readonly shared: ExpressionAllowance;
}

/** What the expressions of one place may read. */
interface Place {
  readonly known: Known;
  /** Ids of the steps around it, from the outermost. */
  readonly enclosing: readonly string[];
  /** The id of the step they are in; null for the `output` of a block, or where there is none. */
  readonly stepId: string | null;
  readonly allowsSecrets: boolean;
  /** Ids of the steps that are done by then; null when the order is not known. */
  readonly done: ReadonlySet<string> | null;
}

/**
 * Checks every expression of a recipe: that it is one, and that what it reads exists and is there in time.
 *
 * @param recipe - A recipe of any shape.
 * @param root - Its block.
 * @param isOrdered - Whether ids are unique and there are no cycles, so that the order can be told.
 * @returns Findings with the codes `expression_syntax`, `unknown_name`, `unknown_step`, `needs_order`, `out_of_scope`,
 *   `secrets_outside_http` and `not_supported_yet`.
 */
export function validateExpressions(recipe: JsonObject, root: BlockOutline, isOrdered: boolean): readonly Finding[] {
  const steps = allSteps(root);
  const known: Known = {
    enclosing: new Map(steps.toReversed().map(({ id, enclosing }) => [id, enclosing])),
    ancestors: isOrdered ? new Map(ancestorsIn(root)) : null,
    shared: new ExpressionAllowance(),
  };
  return checkBlock(recipe, [], { known, enclosing: [], stepId: null, allowsSecrets: false, done: new Set() });
}

function ancestorsIn(block: BlockOutline): readonly (readonly [string, ReadonlySet<string>])[] {
  const inner = block.steps.flatMap((step) => (step.block === null ? [] : ancestorsIn(step.block)));
  return [...findAncestors(block.steps), ...inner];
}

/** `place` is where the block is: what is done there is done before the first of its steps. */
function checkBlock(holder: JsonObject, path: RecipePath, place: Place): readonly Finding[] {
  const steps = readSteps(holder);
  const ids = steps.flatMap((step) => (isJsonObject(step) && typeof step["id"] === "string" ? [step["id"]] : []));
  const inSteps = steps.flatMap((step, index) =>
    isJsonObject(step) ? checkStep(step, [...path, "steps", index], place) : [],
  );
  const end = { ...place, stepId: null, done: place.done === null ? null : new Set([...place.done, ...ids]) };
  const output = findExpressions(holder["output"] ?? null, [...path, "output"], place.known.shared);
  return [...inSteps, ...check(output, end)];
}

function checkStep(step: JsonObject, path: RecipePath, block: Place): readonly Finding[] {
  const { type, if: condition } = step;
  if (typeof type === "string" && isForLater("stepTypes", type)) {
    return [];
  }
  const { shared } = block.known;
  const id = typeof step["id"] === "string" ? step["id"] : null;
  const place = { ...block, stepId: id, done: doneBefore(id, block) };
  const inCondition =
    typeof condition === "string" ? check(findCondition(condition, [...path, "if"], shared), place) : [];
  const withSecrets = { ...place, allowsSecrets: findDefinition(type)?.allowsSecrets ?? false };
  const inTemplates = templatesOf(step, path).flatMap((template) =>
    check(findExpressions(template.value, template.path, shared), withSecrets),
  );
  const inner = blockIn(step);
  const inside = { ...place, stepId: null, enclosing: [...block.enclosing, id ?? ""] };
  return [...inCondition, ...inTemplates, ...(inner === null ? [] : checkBlock(inner, [...path, "with"], inside))];
}

function doneBefore(id: string | null, { done, known }: Place): ReadonlySet<string> | null {
  const before = id === null ? undefined : known.ancestors?.get(id);
  return before === undefined || done === null ? null : new Set([...done, ...before]);
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
  if (isReadLater(read)) {
    const what = name === "run" ? `run.${member ?? ""}` : name;
    return [refuseForNow(`\`${what}\``, path)];
  }
  if (name === "steps" || name === "errors") {
    return member === null ? [] : checkStepRead(member, path, place);
  }
  return checkName(name, path, place.enclosing.length > 0);
}

function isReadLater({ name, member }: RootRead): boolean {
  return isForLater("names", name) || (name === "run" && member !== null && isForLater("runMembers", member));
}

function checkName(name: string, path: RecipePath, isInside: boolean): readonly Finding[] {
  const names = isInside ? [...NAMES, ...ITEM_NAMES] : NAMES;
  if (names.includes(name)) {
    return [];
  }
  if (ITEM_NAMES.includes(name)) {
    const message = `\`${name}\` is there only inside of a \`foreach\``;
    return [{ code: "out_of_scope", path, message, hint: "read it in the `steps` or the `output` of one" }];
  }
  const message = `there is no \`${name.slice(0, 80)}\` to read`;
  return [{ code: "unknown_name", path, message, hint: suggestHint(name, names) }];
}

function checkStepRead(id: string, path: RecipePath, place: Place): readonly Finding[] {
  const around = place.known.enclosing.get(id);
  if (around === undefined) {
    const message = `there is no step \`${id.slice(0, 80)}\``;
    return [{ code: "unknown_step", path, message, hint: suggestHint(id, [...place.known.enclosing.keys()]) }];
  }
  // The step that this place is not inside of, if the one that is read is.
  const apart = around.find((each, depth) => place.enclosing[depth] !== each);
  if (apart !== undefined) {
    const message = `\`${id}\` runs for each item of \`${apart}\`, so it cannot be read outside of it`;
    const hint = `read \`steps.${apart}\`, the list of what the items come to`;
    return [{ code: "out_of_scope", path, message, hint }];
  }
  if (id === place.stepId) {
    const hint = "read a step that is done before it";
    return [{ code: "needs_order", path, message: `\`${id}\` reads its own output`, hint }];
  }
  if (place.enclosing.includes(id)) {
    const message = `\`${id}\` is not done while its items run`;
    return [{ code: "needs_order", path, message, hint: "read `item`, or a step that is done before it" }];
  }
  if (place.done === null || place.done.has(id)) {
    return [];
  }
  const message = `\`${id}\` is read here, but nothing says that it is done before`;
  const waits = place.enclosing[around.length] ?? place.stepId ?? "";
  return [{ code: "needs_order", path, message, hint: `add \`${id}\` to \`needs\` of \`${waits}\`` }];
}
