import type { CompiledExpression } from "./compile-expression.ts";
import { findFunction } from "./functions/table.ts";
import type { BlockNode, CallNode, Node, PathNode, RefinedNode, Stage, Step } from "./syntax/ast.ts";
import { partsOf, partsOfPairs } from "./syntax/parts.ts";

/** A name read from the root object, and the name read from that, where it can be told. */
export interface RootRead {
  readonly name: string;
  /** The next name of the path; null when the whole is read, or a member that only evaluation can tell. */
  readonly member: string | null;
}

/** What an expression reads. */
export interface ExpressionReads {
  readonly roots: readonly RootRead[];
  /** Whether it reads the root object itself, so that anything in it may be read. */
  readonly readsAll: boolean;
  /** Variables (without `$`) that neither JSONata nor the expression defines. */
  readonly unknownVariables: readonly string[];
}

/**
 * Finds out what an expression reads, without evaluating it. What it cannot tell it takes for read.
 *
 * @param expression - A compiled expression.
 * @returns The names read from the root object and the variables nobody defines.
 */
export function findReads(expression: CompiledExpression): ExpressionReads {
  const finder = new ReadFinder(expression.tree);
  finder.read(expression.tree, "root");
  return finder.result();
}

/** Where a value comes from: it is the root object, the member of it that is named, or something further down. */
type Origin = "root" | "below" | { readonly name: string };

class ReadFinder {
  readonly #roots = new Map<string, RootRead>();
  readonly #passed = new Set<string>();
  readonly #variables = new Set<string>();
  readonly #bound = new Set<string>();
  /** What the steps were evaluated against that a `%` goes back to. */
  readonly #parents = new Map<string, Origin>();
  readonly #passesContext: boolean;
  #readsAll = false;

  constructor(root: Node) {
    this.#passesContext = passesContext(root);
  }

  result(): ExpressionReads {
    const unknownVariables = [...this.#variables].filter(
      (name) => name !== "" && name !== "$" && !this.#bound.has(name) && findFunction(name) === undefined,
    );
    const known = new Set([...this.#roots.values()].map(({ name }) => name));
    // A member that nothing is read of is passed through: whether it is there still counts.
    const passed = [...this.#passed].filter((name) => !known.has(name)).map((name) => ({ name, member: null }));
    return { roots: [...this.#roots.values(), ...passed], readsAll: this.#readsAll, unknownVariables };
  }

  /** Notes what a node reads whose value is used, evaluated against something of this origin. */
  read(node: Node, origin: Origin): void {
    this.#use(this.#visit(node, origin));
  }

  #use(origin: Origin): void {
    if (origin === "root") {
      this.#readsAll = true;
    } else if (origin !== "below") {
      this.#note({ name: origin.name, member: null });
    }
  }

  #note(read: RootRead): void {
    this.#roots.set(JSON.stringify([read.name, read.member]), read);
  }

  /** Gives where the value of a node comes from; what else it reads is noted. */
  #visit(node: Node, origin: Origin): Origin {
    if (node.kind === "path") {
      return this.#visitPath(node, origin);
    }
    if (node.kind === "refined") {
      return this.#visitRefined(node, origin);
    }
    if (node.kind === "name") {
      return this.#readName(node.name, origin);
    }
    if (node.kind === "parent") {
      return this.#parents.get(node.variable) ?? "root";
    }
    if (node.kind === "variable") {
      return this.#readVariable(node.name, origin);
    }
    if (node.kind === "block") {
      return this.#visitBlock(node, origin);
    }
    this.#visitOther(node, origin);
    return "below";
  }

  #visitOther(node: Node, origin: Origin): void {
    if (node.kind === "wildcard" || node.kind === "descendants") {
      this.#use(origin);
    } else if (node.kind === "call") {
      this.#visitCall(node, origin, node.args.length);
    } else {
      this.#visitParts(node, origin);
    }
  }

  #visitBlock({ items }: BlockNode, origin: Origin): Origin {
    const last = items.at(-1);
    items.slice(0, -1).forEach((item) => this.#visit(item, origin));
    return last === undefined ? "below" : this.#visit(last, origin);
  }

  #readVariable(name: string, origin: Origin): Origin {
    this.#variables.add(name);
    return name === "" ? origin : name === "$" ? "root" : "below";
  }

  #readName(name: string, origin: Origin): Origin {
    if (origin === "root") {
      this.#passed.add(name);
      return { name };
    }
    if (origin !== "below") {
      this.#note({ name: origin.name, member: name });
    }
    return "below";
  }

  #visitPath(path: PathNode, origin: Origin): Origin {
    let at = origin;
    for (const step of path.steps) {
      at = this.#visitStep(step, at);
    }
    partsOfPairs(path.group?.pairs ?? []).forEach((part) => this.read(part, at));
    return this.#afterGroup(path, at);
  }

  #visitRefined(node: RefinedNode, origin: Origin): Origin {
    const at = this.#visit(node.base, origin);
    this.#visitStages(node.filters, at);
    partsOfPairs(node.group?.pairs ?? []).forEach((part) => this.read(part, at));
    return this.#afterGroup(node, at);
  }

  #afterGroup({ group }: PathNode | RefinedNode, at: Origin): Origin {
    return group === null ? at : "below";
  }

  #visitStep(step: Step, origin: Origin): Origin {
    if (step.kind === "sort") {
      step.terms.forEach(({ node }) => this.read(node, origin));
      this.#visitStages(step.stages, origin);
      return origin;
    }
    if (step.parentName !== null) {
      this.#parents.set(step.parentName, origin);
    }
    if (step.node.kind === "parent") {
      // The way back leads through what is there only.
      this.#use(origin);
    }
    const found = this.#visit(step.node, origin);
    [step.focus, step.index].filter((name) => name !== null).forEach((name) => this.#bound.add(name));
    this.#visitStages(step.stages, found);
    if (step.focus === null) {
      return found;
    }
    // What the variable is used for cannot be told.
    this.#use(found);
    return origin;
  }

  #visitStages(stages: readonly Stage[], origin: Origin): void {
    for (const stage of stages) {
      if (stage.kind === "filter") {
        this.read(stage.node, origin);
      } else {
        this.#bound.add(stage.name);
      }
    }
  }

  /** A function that is given too little may take the value at hand instead. */
  #visitCall(node: CallNode, origin: Origin, argCount: number): void {
    const { procedure } = node;
    const native = procedure.kind === "variable" ? findFunction(procedure.name) : undefined;
    if (native === undefined ? this.#passesContext : native.takesContext(argCount)) {
      this.#use(origin);
    }
    this.#visitParts(node, origin);
  }

  #visitParts(node: Node, origin: Origin): void {
    if (node.kind === "bind") {
      this.#bound.add(node.name);
    } else if (node.kind === "lambda") {
      node.parameters.forEach((name) => this.#bound.add(name));
    } else if (node.kind === "transform") {
      // Its parts are evaluated against the copy that it makes of its argument.
      partsOf(node).forEach((part) => this.read(part, "below"));
      return;
    } else if (node.kind === "chain" && node.right.kind === "call") {
      this.read(node.left, origin);
      this.#visitCall(node.right, origin, node.right.args.length + 1);
      return;
    }
    partsOf(node).forEach((part) => this.read(part, origin));
  }
}

/** Whether some function of the expression may take the value at hand, when it is called by another name than its own. */
function passesContext(root: Node): boolean {
  const open: Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const isNamed = node.kind === "variable" && findFunction(node.name)?.takesContext(0) === true;
    const isSigned =
      node.kind === "lambda" && node.signature?.parameters.some(({ usesContext }) => usesContext) === true;
    if (isNamed || isSigned) {
      return true;
    }
    open.push(...(node.kind === "call" && node.procedure.kind === "variable" ? argsOf(node) : partsOf(node)));
  }
  return false;
}

function argsOf({ args }: CallNode): readonly Node[] {
  return args.filter((arg) => arg !== null);
}
