import type { z } from "zod";
import type { Json } from "../domain/json.ts";
import type { NodeBase, PlanNode } from "../domain/plan/plan.ts";
import type { Outcome } from "../domain/run/outcome.ts";
import type { StepPorts } from "./ports.ts";

/** What a node has that those of other types do not. */
export type OwnPart<Node extends PlanNode> = Node extends PlanNode ? Omit<Node, keyof NodeBase> : never;

/** A step type in the language: how it is written in a recipe and what becomes of it. */
export interface StepDefinition<Node extends PlanNode> {
  /** What it does and gives, for people. */
  readonly description: string;
  /** The shape of its `with`. */
  readonly parameters: z.ZodType;
  /** The members of its `with`, for who mistypes one; none when any JSON may stand there. */
  readonly parameterNames: readonly string[];
  /** Whether its `with` may read secrets: only where their values are not stored. */
  readonly allowsSecrets: boolean;
  /**
   * Makes its part of a node. It refuses nothing: recipes of earlier releases are compiled too.
   *
   * @param parameters - Its `with` as written; null when there is none.
   * @returns What nodes of other types do not have.
   */
  readonly compile: (parameters: Json) => OwnPart<Node>;
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
  /** What becomes of values that are missing when the node's `with` is resolved: null, or they are left out. */
  readonly missing: "null" | "omit";
  /** Does what the type does; never rejects for what is not Baton's own mistake. */
  readonly execute: (attempt: StepAttempt<Node>, ports: StepPorts) => Promise<Outcome>;
}

/** All there is to know of a step type. */
export interface StepKind<Node extends PlanNode> {
  /** Null for what no recipe can write. */
  readonly definition: StepDefinition<Node> | null;
  readonly execution: StepExecution<Node>;
}
