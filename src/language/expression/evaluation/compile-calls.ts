import { ExpressionFailure, failureOf } from "../expression-error.ts";
import { findFunction } from "../functions/table.ts";
import type { CallNode, ChainNode, LambdaNode, Node } from "../syntax/ast.ts";
import type { Compiler } from "./compiler.ts";
import { findAssignments } from "./declared-names.ts";
import { applyFunction, FunctionValue, TAIL, type Evaluation } from "./evaluation.ts";
import { Scope, type Code, type Finish } from "./frames.ts";
import { ChainedFunction, Lambda, MISSING, PartialFunction, type LambdaCode } from "./function-values.ts";
import { countLevels } from "./levels.ts";
import type { Value } from "./values.ts";

/**
 * Compiles a function that is written in an expression.
 *
 * @param node - The function.
 * @param scope - The variables around it.
 * @param compileBody - Compiles its body, whose last call takes no stack.
 * @returns Code that makes the function.
 */
export function compileLambda(node: LambdaNode, scope: Scope, compileBody: (body: Node, scope: Scope) => Code): Code {
  const inner = new Scope(scope, [...node.parameters, ...findAssignments([node.body])]);
  // Of two parameters with one name the last one counts, as it would be set last.
  const order = node.parameters.map((name) => inner.names.get(name) ?? 0);
  const isPlain = order.every((place, index) => place === index);
  const code: LambdaCode = {
    parameterCount: node.parameters.length,
    signature: node.signature,
    variableCount: inner.names.size,
    order: isPlain ? null : order,
    body: compileBody(node.body, inner),
    levels: 3 + countLevels(node.body),
  };
  return (run, frame, input) => {
    run.spend(1);
    // It keeps the variables around it alive.
    run.allocate(LAMBDA_BYTES + frame.values.length * 8);
    return new Lambda(code, frame, input);
  };
}

const LAMBDA_BYTES = 128;

/** An argument that is a constant costs nothing of its own. */
const ARGUMENTS_PER_FUEL = 4;

interface CallCode {
  readonly name: string;
  readonly position: number;
  readonly procedure: Code;
  readonly args: readonly Code[];
}

/**
 * Compiles a call.
 *
 * @param node - The call.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @param finish - What is done to the value.
 * @returns Its code.
 */
export function compileCall(node: CallNode, scope: Scope, compiler: Compiler, finish: Finish): Code {
  if (node.isPartial) {
    return compilePartial(node, scope, compiler);
  }
  const call = compileParts(node, scope, compiler);
  const { procedure, args } = call;
  const cost = 1 + args.length / ARGUMENTS_PER_FUEL;
  return (run, frame, input) => {
    run.spend(cost);
    const called = procedure(run, frame, input);
    const values: Value[] = [];
    for (const arg of args) {
      values.push(arg(run, frame, input));
    }
    return finish(callAt(run, call, { called, args: values }, input));
  };
}

/**
 * Compiles a call that is the last thing a function does: it is left to whoever called the function.
 *
 * @param node - The call.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @returns Code that gives `TAIL`.
 */
export function compileTailCall(node: CallNode, scope: Scope, compiler: Compiler): Code {
  const { procedure, args, name, position } = compileParts(node, scope, compiler);
  const cost = 1 + args.length / ARGUMENTS_PER_FUEL;
  return (run, frame, input) => {
    run.spend(cost);
    const called = procedure(run, frame, input);
    if (!(called instanceof FunctionValue)) {
      throw notCallable(name, position);
    }
    const values: Value[] = [];
    for (const arg of args) {
      values.push(arg(run, frame, input));
    }
    run.tailCall = { called, args: values, context: input };
    return TAIL;
  };
}

function compileParts(node: CallNode, scope: Scope, compiler: Compiler): CallCode {
  return {
    name: nameOfProcedure(node.procedure),
    position: node.position,
    procedure: compiler.compile(node.procedure, scope),
    args: node.args.flatMap((arg) => (arg === null ? [] : [compiler.compile(arg, scope)])),
  };
}

interface Application {
  readonly called: Value;
  readonly args: readonly Value[];
}

function callAt(run: Evaluation, { name, position }: CallCode, { called, args }: Application, input: Value): Value {
  if (!(called instanceof FunctionValue)) {
    throw notCallable(name, position);
  }
  try {
    return applyFunction(run, called, args, input === run.rootContext ? run.root : input);
  } catch (error) {
    throw placeFailure(error, name, position);
  }
}

/** A function does not know where it is called, nor by what name. */
function placeFailure(error: unknown, name: string, position: number): unknown {
  if (error instanceof ExpressionFailure && error.position === null) {
    error.position = position;
    if (
      error.code === "expression_failed" &&
      name !== "" &&
      error.jsonataCode !== "D3137" &&
      error.jsonataCode !== "D3141"
    ) {
      error.message = `${name}: ${error.message}`;
    }
  }
  return error;
}

function nameOfProcedure(node: Node): string {
  if (node.kind === "variable") {
    return `$${node.name}`;
  }
  const [step] = node.kind === "path" ? node.steps : [];
  return step?.kind === "value" && step.node.kind === "name" ? step.node.name : "";
}

function notCallable(name: string, position: number): Error {
  const isKnown = !name.startsWith("$") && findFunction(name) !== undefined;
  return isKnown
    ? failureOf("T1005", `\`${name}\` is called, but it is a non-function: did you mean \`$${name}\`?`, position)
    : failureOf("T1006", `${name === "" ? "this" : `\`${name}\``} is called, but it is a non-function`, position);
}

function compilePartial(node: CallNode, scope: Scope, compiler: Compiler): Code {
  const procedure = compiler.compile(node.procedure, scope);
  const name = nameOfProcedure(node.procedure);
  const args = node.args.map((arg) => (arg === null ? null : compiler.compile(arg, scope)));
  return (run, frame, input) => {
    run.spend(1 + args.length);
    run.allocate(96 + args.length * 8);
    const given = args.map((arg) => (arg === null ? MISSING : arg(run, frame, input)));
    const called = procedure(run, frame, input);
    if (!(called instanceof FunctionValue)) {
      throw notApplicable(name, node.position);
    }
    return new PartialFunction(called, given);
  };
}

function notApplicable(name: string, position: number): Error {
  const isKnown = !name.startsWith("$") && findFunction(name) !== undefined;
  return isKnown
    ? failureOf(
        "T1007",
        `\`${name}\` is given arguments, but it is a non-function: did you mean \`$${name}\`?`,
        position,
      )
    : failureOf("T1008", `\`${name}\` is given arguments, but it is a non-function`, position);
}

/**
 * Compiles `value ~> function`.
 *
 * @param node - The application.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @param finish - What is done to the value.
 * @returns Its code; two functions make one.
 */
export function compileChain(node: ChainNode, scope: Scope, compiler: Compiler, finish: Finish): Code {
  const { left, right, position } = node;
  const value = compiler.compile(left, scope);
  if (right.kind === "call" && !right.isPartial) {
    const call = compileParts(right, scope, compiler);
    const cost = 1 + call.args.length / ARGUMENTS_PER_FUEL;
    return (run, frame, input) => {
      run.spend(cost);
      const first = value(run, frame, input);
      const called = call.procedure(run, frame, input);
      const values = [first];
      for (const arg of call.args) {
        values.push(arg(run, frame, input));
      }
      return finish(callAt(run, call, { called, args: values }, input));
    };
  }
  const target = compiler.compile(right, scope);
  return (run, frame, input) => finish(applyTo(run, value(run, frame, input), target(run, frame, input), position));
}

function applyTo(run: Evaluation, value: Value, called: Value, position: number): Value {
  run.spend(1);
  if (!(called instanceof FunctionValue)) {
    throw failureOf("T2006", "the right side of `~>` must be a function", position);
  }
  if (value instanceof FunctionValue) {
    run.allocate(64);
    return new ChainedFunction(value, called);
  }
  try {
    return applyFunction(run, called, [value], undefined);
  } catch (error) {
    throw placeFailure(error, "", position);
  }
}
