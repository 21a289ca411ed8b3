import { ExpressionFailure, failureOf } from "../expression-error.ts";
import { LIST_LENGTH_MAX } from "../limits.ts";
import type {
  ArithmeticOperator,
  BinaryNode,
  BinaryOperator,
  ComparisonOperator,
  FallbackNode,
  NegateNode,
} from "../syntax/ast.ts";
import type { Compiler } from "./compiler.ts";
import { areEqual } from "./equality.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Code, Scope } from "./frames.ts";
import { isNumber, isTrue } from "./truth.ts";
import { entriesOf, sequenceOf, unwrap, type Value } from "./values.ts";
import { writeText } from "./write-text.ts";

/** What an operator makes of its operands. */
type Operation = (run: Evaluation, left: Value, right: Value) => Value;

/**
 * Compiles an operator between two operands.
 *
 * @param node - The operator.
 * @param scope - The variables in scope.
 * @param compiler - What compiles the operands.
 * @returns Its code.
 */
export function compileBinary(node: BinaryNode, scope: Scope, compiler: Compiler): Code {
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  if (node.operator === "and") {
    return (run, frame, input) => {
      run.spend(1);
      return isTrue(run, left(run, frame, input)) && isTrue(run, right(run, frame, input));
    };
  }
  if (node.operator === "or") {
    return (run, frame, input) => {
      run.spend(1);
      return isTrue(run, left(run, frame, input)) || isTrue(run, right(run, frame, input));
    };
  }
  const operate = OPERATIONS[node.operator](node.position);
  return (run, frame, input) => {
    run.spend(1);
    const first = left(run, frame, input);
    return operate(run, first, right(run, frame, input));
  };
}

const OPERATIONS: Readonly<Record<BinaryOperator, (position: number) => Operation>> = {
  "+": (position) => calculator("+", position),
  "-": (position) => calculator("-", position),
  "*": (position) => calculator("*", position),
  "/": (position) => calculator("/", position),
  "%": (position) => calculator("%", position),
  "<": (position) => comparer("<", position),
  "<=": (position) => comparer("<=", position),
  ">": (position) => comparer(">", position),
  ">=": (position) => comparer(">=", position),
  "=": () => (run, left, right) => left !== undefined && right !== undefined && areEqual(run, left, right),
  "!=": () => (run, left, right) => left !== undefined && right !== undefined && !areEqual(run, left, right),
  "&": () => concatenate,
  in: () => isAmong,
  "..": (position) => (run, left, right) => makeRange(run, left, right, position),
  and: () => (run, left, right) => isTrue(run, left) && isTrue(run, right),
  or: () => (run, left, right) => isTrue(run, left) || isTrue(run, right),
};

const CALCULATIONS: Readonly<Record<ArithmeticOperator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
};

function calculator(operator: ArithmeticOperator, position: number): Operation {
  const calculate = CALCULATIONS[operator];
  return (_run, left, right) => {
    if (Number.isFinite(left) && Number.isFinite(right)) {
      return calculate(Number(left), Number(right));
    }
    refuseNonNumber(left, { operator, side: "left", code: "T2001", position });
    refuseNonNumber(right, { operator, side: "right", code: "T2002", position });
    return undefined;
  };
}

interface Operand {
  readonly operator: string;
  readonly side: string;
  readonly code: string;
  readonly position: number;
}

function refuseNonNumber(value: Value, { operator, side, code, position }: Operand): void {
  if (value !== undefined && !isNumber(value)) {
    const message = `the ${side} side of \`${operator}\` must be a number: use $number, or \`&\` to join texts`;
    throw failureOf(code, message, position);
  }
}

const COMPARISONS: Readonly<Record<ComparisonOperator, (left: number | string, right: number | string) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function comparer(operator: ComparisonOperator, position: number): Operation {
  const compare = COMPARISONS[operator];
  return (run, left, right) => {
    if (typeof left === "number" && typeof right === "number") {
      return compare(left, right);
    }
    if (typeof left === "string" && typeof right === "string") {
      run.orderText(Math.min(left.length, right.length));
      return compare(left, right);
    }
    const isComparable = [left, right].every((each) => ["undefined", "string", "number"].includes(typeof each));
    if (!isComparable) {
      throw failureOf("T2010", `both sides of \`${operator}\` must be numbers or texts`, position);
    }
    if (left !== undefined && right !== undefined) {
      const message = `\`${operator}\` compares a number with a text: make them the same with $number or $string`;
      throw failureOf("T2009", message, position);
    }
    return undefined;
  };
}

function concatenate(run: Evaluation, left: Value, right: Value): string {
  const first = left === undefined ? "" : writeText(run, left);
  const second = right === undefined ? "" : writeText(run, right);
  run.makeText(first.length + second.length);
  return first + second;
}

/** Entries that the engine searches in the time that it reads one. */
const SEARCHED_ENTRIES = 4;

function isAmong(run: Evaluation, left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) {
    return false;
  }
  const entries = entriesOf(right) ?? [right];
  run.readEntries(entries.length / SEARCHED_ENTRIES);
  if (typeof left === "string") {
    run.compareText(entries.length * left.length);
  }
  return entries.includes(left) && !Number.isNaN(left);
}

function makeRange(run: Evaluation, left: Value, right: Value, position: number): Value {
  if (left !== undefined && !Number.isInteger(left)) {
    throw failureOf("T2003", "the left side of a range (`..`) must be a whole number", position);
  }
  if (right !== undefined && !Number.isInteger(right)) {
    throw failureOf("T2004", "the right side of a range (`..`) must be a whole number", position);
  }
  if (left === undefined || right === undefined) {
    return undefined;
  }
  const [first, last] = [Number(left), Number(right)];
  if (first > last) {
    return undefined;
  }
  const length = last - first + 1;
  if (length > LIST_LENGTH_MAX) {
    const details = { position, jsonataCode: "D2014" };
    throw new ExpressionFailure("expression_too_large", `the range is longer than ${LIST_LENGTH_MAX} entries`, details);
  }
  run.makeEntries(length);
  const items: Value[] = [];
  // Counted by place: beyond 2 ** 53 adding 1 changes nothing.
  for (let index = 0; index < length; index += 1) {
    items.push(first + index);
  }
  return sequenceOf(items);
}

/**
 * Compiles `-` before a value.
 *
 * @param node - The operator.
 * @param scope - The variables in scope.
 * @param compiler - What compiles the operand.
 * @returns Its code.
 */
export function compileNegate({ operand, position }: NegateNode, scope: Scope, compiler: Compiler): Code {
  const code = compiler.compile(operand, scope);
  return (run, frame, input) => {
    run.spend(1);
    const value = code(run, frame, input);
    if (value === undefined) {
      return undefined;
    }
    if (!isNumber(value)) {
      throw failureOf("D1002", "only a number can be negated: use $number", position);
    }
    return -value;
  };
}

/**
 * Compiles `??` and `?:`.
 *
 * @param node - The operator.
 * @param scope - The variables in scope.
 * @param compiler - What compiles the operands.
 * @returns Its code; the left operand is evaluated once.
 */
export function compileFallback(node: FallbackNode, scope: Scope, compiler: Compiler): Code {
  const value = compiler.compile(node.value, scope);
  const otherwise = compiler.compile(node.otherwise, scope);
  const accepts = node.accepts === "existing" ? (_run: Evaluation, found: Value) => found !== undefined : isTrue;
  return (run, frame, input) => {
    run.spend(1);
    const found = value(run, frame, input);
    return unwrap(accepts(run, found) ? found : otherwise(run, frame, input));
  };
}
