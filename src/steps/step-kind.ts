import type { z } from "zod";
import type { Json } from "../domain/json.ts";
import type { Block, NodeBase, PlanNode } from "../domain/plan/plan.ts";
import type { Outcome } from "../domain/run/outcome.ts";
import type { OutsidePart } from "../language/expression-traps.ts";
import type { Finding, RecipePath } from "../language/recipe-issue.ts";
import type { StepPorts } from "./ports.ts";

/** What a node has that those of other types do not. */
export type OwnPart<Node extends PlanNode> = Node extends PlanNode ? Omit<Node, keyof NodeBase> : never;

/** A step of some type in a recipe. */
export interface StepUse {
  /** Its `with`, of any shape; undefined when there is none. */
  readonly parameters: Json | undefined;
  /** Where its `with` is. */
  readonly path: RecipePath;
}

/** A step type in the language: how it is written in a recipe and what becomes of it. */
export interface StepDefinition<Node extends PlanNode> {
  /** What it does and gives, for people. */
  readonly description: string;
  /** The shape of its `with`, given that of one step. */
  readonly parameters: (step: z.ZodType) => z.ZodType;
  /** The members of its `with`, for who mistypes one; none when any JSON may stand there. */
  readonly parameterNames: readonly string[];
  /** The members of its `with` whose expressions the step evaluates; null: all of it. */
  readonly evaluated: readonly string[] | null;
  /** Whether `steps` and `output` of its `with` are a block. */
  readonly holdsBlock: boolean;
  /** Whether its `with` may read secrets: only where their values are not stored. */
  readonly allowsSecrets: boolean;
  /** The members of its output that come from outside, by its `with`. */
  readonly outsideParts: (parameters: Json) => readonly OutsidePart[];
  /**
   * Finds what the shape cannot say.
   *
   * @param uses - All steps of the type in a recipe, of any shape.
   * @returns Findings; what is of the wrong shape has those already.
   */
  readonly check: (uses: readonly StepUse[]) => readonly Finding[];
  /**
   * Makes its part of a node. It refuses nothing: recipes of earlier releases are compiled too.
   *
   * @param parameters - Its `with` as written; null when there is none.
   * @param compileBlock - Compiles the block in its `with`.
   * @returns What nodes of other types do not have.
   */
  readonly compile: (parameters: Json, compileBlock: () => Block) => OwnPart<Node>;
}

/** One attempt of a step whose `if` holds. */
export interface StepAttempt<Node> {
  readonly node: Node;
  /** The type's template, resolved. */
  readonly resolved: Json;
  /** The same for every attempt of the step. */
  readonly idempotencyKey: string;
  /** Fires when the node's `timeoutMs` is over. */
  readonly signal: AbortSignal;
}

/** A step type in the consumer: what an attempt does. */
export interface StepExecution<Node extends PlanNode> {
  /** What is resolved before anything is done. */
  readonly template: (node: Node) => Json;
  /** What becomes of values in it that are missing: null, or they are left out. */
  readonly missing: "null" | "omit";
  /** Does what the type does; never rejects for what is not Baton's own mistake. */
  readonly execute: (attempt: StepAttempt<Node>, ports: StepPorts) => Promise<Outcome>;
}

/** All there is to know of a step type. */
export interface StepKind<Node extends PlanNode> {
  /** Null for what no recipe can write. */
  readonly definition: StepDefinition<Node> | null;
  readonly execution: StepExecution<Node>;
  /**
   * Tells how long a step can take beside its attempts.
   *
   * @param node - The step.
   * @param blockMs - Tells how long a block can take; null when nothing bounds it.
   * @returns Milliseconds, null when nothing bounds it.
   */
  readonly waitsMs: (node: Node, blockMs: (block: Block) => number | null) => number | null;
}
