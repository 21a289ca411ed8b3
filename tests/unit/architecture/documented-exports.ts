import type { FunctionDeclaration } from "@swc/core";
import type { SourceFile } from "./source-files.ts";
import { exportedFunctions, hasResult, nameOfParameter, parse } from "./syntax.ts";

/** A declared export with the text of its doc comment, null when it has none. */
export interface DeclaredExport {
  readonly path: string;
  readonly name: string;
  readonly doc: string | null;
}

// The formatter puts every export at the start of a line, and its doc comment right above.
const EXPORT =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let) (?<name>[A-Za-z_$][\w$]*)/;

/**
 * Lists what a file exports by declaration; re-exports are documented where they are declared.
 *
 * @param file - The file.
 * @returns Its exports in the order of the file. A name that is declared twice (a value and its type) is there twice.
 */
export function declaredExports(file: SourceFile): readonly DeclaredExport[] {
  const lines = file.text.split("\n");
  return lines.flatMap((line, index) => {
    const name = EXPORT.exec(line)?.groups?.["name"];
    return name === undefined ? [] : [{ path: file.path, name, doc: docCommentAbove(lines, index) }];
  });
}

/**
 * Finds what the doc comments of a file's exported functions leave out.
 *
 * @param file - The file.
 * @returns One sentence for each parameter without `@param` and each result without `@returns`.
 */
export function undocumentedParts(file: SourceFile): readonly string[] {
  const docs = new Map(declaredExports(file).map(({ name, doc }) => [name, doc]));
  return exportedFunctions(parse(file)).flatMap((declaration) => {
    const name = declaration.identifier.value;
    const doc = docs.get(name) ?? null;
    return doc === null ? [] : missingTags(declaration, doc).map((tag) => `${file.path}: ${name} has no ${tag}`);
  });
}

function missingTags(declaration: FunctionDeclaration, doc: string): readonly string[] {
  const names = declaration.params.map(({ pat }) => nameOfParameter(pat));
  const documented = new Set(Array.from(doc.matchAll(/@param (?<name>[\w$]+)/g), (match) => match.groups?.["name"]));
  const missing = names.filter((name) => name !== null && !documented.has(name)).map((name) => `@param ${name}`);
  const isShort = missing.length === 0 && documented.size < names.length;
  const lacksResult = hasResult(declaration) && !doc.includes("@returns");
  return [...missing, ...(isShort ? ["@param for each parameter"] : []), ...(lacksResult ? ["@returns"] : [])];
}

function docCommentAbove(lines: readonly string[], index: number): string | null {
  const above = lines.slice(0, index);
  if (above.at(-1)?.trimEnd().endsWith("*/") !== true) return null;
  const start = above.findLastIndex((line) => line.startsWith("/**"));
  return start === -1 ? null : above.slice(start).join("\n");
}
