import { LineCounter, parseDocument } from "yaml";
import type { Json } from "../domain/json.ts";
import { RECIPE_BYTES_MAX } from "./limits.ts";
import { fromPointer, toPointer, type Finding, type RecipeIssue } from "./recipe-issue.ts";
import { readDocument, type ReadDocument } from "./yaml-values.ts";

/** How a recipe's text is written. */
export type RecipeFormat = "json" | "yaml";

/** A place in the text; lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A recipe's text as a value that still knows where everything was. */
export interface ParsedRecipe {
  readonly value: Json;
  /**
   * Gives where the value (or, with `onKey`, the member's name) at a JSON Pointer begins. What is not in the text, such
   * as a missing member, is where the nearest thing around it begins.
   */
  readonly positionOf: (pointer: string, onKey?: boolean) => Position;
}

/** The parsed text, or everything that keeps it from being JSON. */
export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedRecipe }
  | { readonly ok: false; readonly issues: readonly RecipeIssue[] };

/** After the first few, syntax errors are echoes of the ones before. */
const SYNTAX_ERRORS_MAX = 5;

/**
 * Parses the text of a recipe into JSON with positions.
 *
 * @param text - The recipe.
 * @param format - `json` is strict JSON; `yaml` is YAML 1.2 in its core schema, one document.
 * @returns The value, or issues with the codes `syntax`, `duplicate_key`, `too_large` and `too_deep`.
 */
export function parseRecipe(text: string, format: RecipeFormat): ParseResult {
  const problem = checkText(text) ?? (format === "json" ? checkJson(text) : null);
  return problem === null ? parseYaml(text) : { ok: false, issues: [problem] };
}

function checkText(text: string): RecipeIssue | null {
  const byteCount = text.length > RECIPE_BYTES_MAX ? text.length : new TextEncoder().encode(text).byteLength;
  if (byteCount > RECIPE_BYTES_MAX) {
    const message = `the recipe is larger than ${RECIPE_BYTES_MAX / 1024} KiB`;
    return issueAt({ line: 1, column: 1 }, "too_large", message, "split it, or move data into the run's input");
  }
  const nulAt = text.indexOf("\0");
  if (nulAt !== -1 || !text.isWellFormed()) {
    const message = "the text holds a NUL or half of a surrogate pair";
    return issueAt(countLines(text, Math.max(0, nulAt)), "syntax", message, "save the file as UTF-8");
  }
  return text.trim() === ""
    ? issueAt({ line: 1, column: 1 }, "syntax", "the recipe is empty", "give it a `name` and `steps`")
    : null;
}

function checkJson(text: string): RecipeIssue | null {
  const message = tryJson(text);
  if (message === null) {
    return null;
  }
  const offset = /at position (\d+)/.exec(message)?.[1];
  const position = countLines(text, offset === undefined ? findFirstWrong(text) : Number(offset));
  // The engine's message quotes the text and repeats the position; what it expected is all that is kept.
  const reason = message.replace(/ in JSON at position.*$/s, "").replace(/, (?:\.\.\.)?".*$/s, "");
  return issueAt(position, "syntax", `this is no JSON: ${reason}`, "for YAML, send it as `application/yaml`");
}

function tryJson(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "unknown";
  }
}

/** For short texts the engine names no position: it is the end of the longest beginning that could still become JSON. */
function findFirstWrong(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const message = tryJson(text.slice(0, middle)) ?? "";
    const offset = /at position (\d+)/.exec(message)?.[1];
    if (!message.startsWith("Unexpected token") && (offset === undefined || Number(offset) >= middle)) {
      good = middle;
    } else {
      bad = middle;
    }
  }
  return good;
}

/** Reads YAML, which JSON is part of. */
function parseYaml(text: string): ParseResult {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    lineCounter,
    prettyErrors: false,
    // Compared in `readDocument` instead: the library compares every name with every other.
    uniqueKeys: false,
    logLevel: "error",
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [firstError] = document.errors;
  if (firstError !== undefined) {
    const expressionAt = findUnquotedExpression(text, firstError.pos[0]);
    if (expressionAt !== null) {
      const message = "YAML cannot read this expression without quotes around it";
      return {
        ok: false,
        issues: [issueAt(positionAt(expressionAt), "syntax", message, 'put its whole text in quotes: `"${{ ... }}"`')],
      };
    }
    const issues = document.errors.slice(0, SYNTAX_ERRORS_MAX).map((error) => {
      const hint = error.code === "MULTIPLE_DOCS" ? "a recipe is one document: remove what follows `---`" : null;
      return issueAt(positionAt(error.pos[0]), "syntax", tidy(error.message), hint);
    });
    return { ok: false, issues };
  }
  if (document.directives?.yaml.explicit === true) {
    const message = "a `%YAML` directive is not part of a recipe";
    return {
      ok: false,
      issues: [issueAt({ line: 1, column: 1 }, "syntax", message, "remove it: recipes are YAML 1.2")],
    };
  }
  return finish(readDocument(document), positionAt);
}

/** Where the expression begins that YAML stumbled over: in a flow map or list, or over a `: ` in it. */
function findUnquotedExpression(text: string, errorAt: number): number | null {
  const open = "${{";
  const lineAt = text.lastIndexOf("\n", errorAt - 1) + 1;
  const line = text.slice(lineAt, errorAt + open.length);
  const at = line.lastIndexOf(open);
  const quotes = line.slice(0, Math.max(0, at)).replaceAll(/\\.|[^"']/g, "");
  return at === -1 || quotes.length % 2 === 1 ? null : lineAt + at;
}

function finish(read: ReadDocument, positionAt: (offset: number) => Position): ParseResult {
  const positionOf = (pointer: string, onKey = false): Position => {
    const parts = fromPointer(pointer);
    for (let length = parts.length; length >= 0; length -= 1) {
      const offsets = read.offsets.get(toPointer(parts.slice(0, length)));
      if (offsets !== undefined) {
        return positionAt(onKey && length === parts.length ? offsets.key : offsets.value);
      }
    }
    return { line: 1, column: 1 };
  };
  const parsed = { value: read.value, positionOf };
  return read.findings.length === 0
    ? { ok: true, parsed }
    : { ok: false, issues: locateFindings(read.findings, parsed) };
}

/**
 * Puts findings at their place in the text.
 *
 * @param findings - What checks found.
 * @param parsed - The text they found it in.
 * @returns Issues in the order of the text.
 */
export function locateFindings(findings: readonly Finding[], parsed: ParsedRecipe): readonly RecipeIssue[] {
  return findings
    .map(({ code, path, onKey, message, hint }) => {
      const pointer = toPointer(path);
      return { path: pointer, ...parsed.positionOf(pointer, onKey), code, message, hint };
    })
    .toSorted((left, right) => left.line - right.line || left.column - right.column);
}

function tidy(message: string): string {
  return message.split("\n")[0] ?? message;
}

function countLines(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function issueAt(position: Position, code: RecipeIssue["code"], message: string, hint: string | null): RecipeIssue {
  return { path: "", ...position, code, message, hint };
}
