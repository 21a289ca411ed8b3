import type { Node, ParentNode, PathNode, Step, ValueStep } from "./ast.ts";
import { partsOf, partsOfPairs, partsOfStep } from "./parts.ts";
import { syntaxFailure } from "./syntax-failure.ts";

/** A `%` on its way up: how many steps it has still to climb. */
interface Climb {
  readonly node: ParentNode;
  level: number;
}

/**
 * Finds for each `%` the step whose context it means, and has that step note it for each of its values.
 *
 * @param root - A tree; its `parent` nodes, their steps and the paths between are changed.
 */
export function resolveParents(root: Node): void {
  const resolver = new ParentResolver();
  const [open] = resolver.visit(root);
  if (open !== undefined) {
    throw cannotClimb(open);
  }
}

class ParentResolver {
  #variableCount = 0;

  /** Gives the climbs that go on above the node. */
  visit(node: Node): readonly Climb[] {
    if (node.kind === "parent") {
      return [{ node, level: 1 }];
    }
    if (node.kind === "path") {
      return this.#visitPath(node);
    }
    if (node.kind === "refined") {
      const filters = node.filters.flatMap((stage) => (stage.kind === "filter" ? this.visit(stage.node) : []));
      const pairs = partsOfPairs(node.group?.pairs ?? []).flatMap((part) => this.visit(part));
      return [...this.visit(node.base), ...this.#climbBases([...filters, ...pairs], node.base)];
    }
    return partsOf(node).flatMap((part) => this.visit(part));
  }

  #visitPath(path: PathNode): readonly Climb[] {
    const open: Climb[] = [];
    path.steps.forEach((step, index) => open.push(...this.#climbSteps(this.#visitStep(step), path.steps, index - 1)));
    const grouped = partsOfPairs(path.group?.pairs ?? []).flatMap((part) => this.visit(part));
    open.push(...this.#climbSteps(grouped, path.steps, path.steps.length - 1));
    return open;
  }

  #visitStep(step: Step): readonly Climb[] {
    const inStep =
      step.kind === "value"
        ? this.visit(step.node)
        : partsOfStep({ ...step, stages: [] }).flatMap((part) => this.visit(part));
    const inStages = step.stages.flatMap((stage) => (stage.kind === "filter" ? this.visit(stage.node) : []));
    // A filter sees what the step gives: its parent is what the step was evaluated against.
    const climbs = inStages.flatMap((climb) => this.#climbInto(climb, step));
    return [...inStep, ...climbs];
  }

  #climbSteps(climbs: readonly Climb[], steps: readonly Step[], from: number): readonly Climb[] {
    return climbs.filter((climb) => {
      for (let index = from; index >= 0 && climb.level > 0; index -= 1) {
        // Steps in a row that bind variables go on from the same value.
        while (index > 0 && hasFocus(steps[index]) && hasFocus(steps[index - 1])) {
          index -= 1;
        }
        const step = steps[index];
        if (step !== undefined) {
          this.#climbInto(climb, step);
        }
      }
      return climb.level > 0;
    });
  }

  /** Gives the climb when it goes on above the step. */
  #climbInto(climb: Climb, step: Step): readonly Climb[] {
    if (step.kind === "value") {
      this.#climbValue(climb, step);
    }
    return climb.level > 0 ? [climb] : [];
  }

  #climbValue(climb: Climb, step: ValueStep): void {
    const { node } = step;
    if (node.kind === "name" || node.kind === "wildcard") {
      climb.level -= 1;
      if (climb.level === 0) {
        step.parentName ??= this.#createVariable();
        climb.node.variable = step.parentName;
        step.isRow = true;
      }
    } else if (node.kind === "parent") {
      climb.level += 1;
    } else {
      this.#climbNode(climb, node);
      step.isRow = true;
    }
  }

  #climbBases(climbs: readonly Climb[], base: Node): readonly Climb[] {
    climbs.forEach((climb) => this.#climbNode(climb, base));
    return climbs.filter(({ level }) => level > 0);
  }

  #climbNode(climb: Climb, node: Node): void {
    if (node.kind === "block") {
      const last = node.items.at(-1);
      if (last !== undefined) {
        this.#climbNode(climb, last);
        node.givesRows = true;
      }
    } else if (node.kind === "path") {
      node.givesRows = true;
      this.#climbSteps([climb], node.steps, node.steps.length - 1);
    } else if (node.kind === "refined") {
      node.givesRows = true;
      this.#climbNode(climb, node.base);
    } else if (node.kind === "parent") {
      climb.level += 1;
    } else {
      throw cannotClimb(climb);
    }
  }

  #createVariable(): string {
    this.#variableCount += 1;
    // No expression can spell it: `%` is an operator.
    return `%${this.#variableCount}`;
  }
}

function hasFocus(step: Step | undefined): boolean {
  return step?.kind === "value" && step.focus !== null;
}

function cannotClimb({ node }: Climb): Error {
  const message = "`%` has no parent here: it follows a path of names, such as `orders.items.%`";
  return syntaxFailure(node.position, "S0217", message);
}
