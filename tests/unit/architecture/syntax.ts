import { type FunctionDeclaration, type Module, type Pattern, parseSync } from "@swc/core";
import type { SourceFile } from "./source-files.ts";

/**
 * Parses a TypeScript file.
 *
 * @param file - The file.
 * @returns Its syntax tree. The spans in it count on from file to file, so they cannot be used to find text.
 */
export function parse(file: SourceFile): Module {
  return parseSync(file.text, { syntax: "typescript", tsx: file.path.endsWith("x"), target: "es2024" });
}

/**
 * Finds each use of the machine's clock or of its random source.
 *
 * @param node - A syntax tree or a part of one.
 * @returns The expressions, such as `new Date()`; one for each use.
 */
export function findImpureCalls(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(findImpureCalls);
  if (!isNode(node)) return [];
  const inside = Object.values(node).flatMap(findImpureCalls);
  const own = impureCall(node);
  return own === null ? inside : [own, ...inside];
}

/**
 * Finds each member that is set by a computed name, but for entries of lists: numbers, what is called `index` or
 * `place`, and a name with a number added or taken off.
 *
 * @param node - A syntax tree or a part of one.
 * @returns The names as they are computed, in short; one for each write.
 */
export function findComputedWrites(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(findComputedWrites);
  if (!isNode(node)) return [];
  const inside = Object.values(node).flatMap(findComputedWrites);
  const targets = node["type"] === "UpdateExpression" ? [node["argument"]] : [];
  const assigned = node["type"] === "AssignmentExpression" ? membersIn(node["left"]) : [];
  return [...inside, ...[...targets, ...assigned].flatMap(computedName)];
}

/** The members in what is assigned to: itself, or those of a pattern. */
function membersIn(target: unknown): readonly unknown[] {
  if (Array.isArray(target)) return target.flatMap(membersIn);
  if (!isNode(target)) return [];
  return target["type"] === "MemberExpression" ? [target] : Object.values(target).flatMap(membersIn);
}

function computedName(member: unknown): readonly string[] {
  const property = isNode(member) && member["type"] === "MemberExpression" ? member["property"] : null;
  if (!isNode(property) || property["type"] !== "Computed") return [];
  const name = property["expression"];
  return isPlaceInList(name) ? [] : [isNode(name) ? String(name["value"] ?? name["type"]) : "?"];
}

function isPlaceInList(name: unknown): boolean {
  if (!isNode(name)) return false;
  const isShifted =
    name["type"] === "BinaryExpression" && isNumber(name["right"]) && /^[+-]$/.test(String(name["operator"]));
  return isShifted || isNumber(name) || isName(name, "index") || isName(name, "place");
}

function isNumber(node: unknown): boolean {
  return isNode(node) && node["type"] === "NumericLiteral";
}

/**
 * Lists the functions that a file exports by declaration.
 *
 * @param module - The file's syntax tree.
 * @returns Their declarations, in the order of the file.
 */
export function exportedFunctions(module: Module): readonly FunctionDeclaration[] {
  return module.body
    .filter((item) => item.type === "ExportDeclaration")
    .map((item) => item.declaration)
    .filter((declaration) => declaration.type === "FunctionDeclaration");
}

/**
 * Names a parameter.
 *
 * @param pattern - The parameter's pattern.
 * @returns Its name, or null when it is taken apart where it is declared.
 */
export function nameOfParameter(pattern: Pattern): string | null {
  if (pattern.type === "AssignmentPattern") return nameOfParameter(pattern.left);
  if (pattern.type === "RestElement") return nameOfParameter(pattern.argument);
  return pattern.type === "Identifier" ? pattern.value : null;
}

/**
 * Tells whether a function has a result to describe.
 *
 * @param declaration - The function.
 * @returns False when its return type is void, never or a promise of one of them.
 */
export function hasResult(declaration: FunctionDeclaration): boolean {
  return !/"kind":"(void|never)"/.test(JSON.stringify(shallowReturnType(declaration)));
}

function shallowReturnType(declaration: FunctionDeclaration): unknown {
  const type = declaration.returnType?.typeAnnotation;
  if (type?.type !== "TsTypeReference") return type?.type === "TsKeywordType" ? type : null;
  const isPromise = type.typeName.type === "Identifier" && type.typeName.value === "Promise";
  return isPromise ? (type.typeParams?.params.filter(({ type: kind }) => kind === "TsKeywordType") ?? null) : null;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

function impureCall(node: Node): string | null {
  switch (node["type"]) {
    case "NewExpression":
      return isName(node["callee"], "Date") && isEmpty(node["arguments"]) ? "new Date()" : null;
    case "CallExpression":
      return isName(node["callee"], "Date") ? "Date()" : null;
    case "MemberExpression":
      return impureMember(node["object"], node["property"]);
    default:
      return null;
  }
}

function impureMember(object: unknown, property: unknown): string | null {
  if (isName(object, "Date") && isName(property, "now")) return "Date.now";
  return isName(object, "Math") && isName(property, "random") ? "Math.random" : null;
}

function isName(node: unknown, name: string): boolean {
  return isNode(node) && node["type"] === "Identifier" && node["value"] === name;
}

function isEmpty(list: unknown): boolean {
  return !Array.isArray(list) || list.length === 0;
}
