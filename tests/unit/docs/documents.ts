import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/**
 * Reads a document of the repository.
 *
 * @param path - Relative to the repository.
 * @returns Its text.
 */
export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/**
 * Reads the first table below a heading.
 *
 * @param text - A document.
 * @param heading - The heading's line, such as `### Run`.
 * @returns Its rows as cells, without the two lines of its head. Throws when there is no such heading or table.
 */
export function readTable(text: string, heading: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.indexOf(heading);
  const first = lines.findIndex((line, index) => index > start && line.startsWith("|"));
  if (start < 0 || first < 0) {
    throw new Error(`there is no table below the line "${heading}"`);
  }
  const rest = lines.slice(first);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  const table = end < 0 ? rest : rest.slice(0, end);
  return table.slice(2).map((line) =>
    line
      .slice(1, line.lastIndexOf("|"))
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/**
 * Finds words between backticks.
 *
 * @param text - A part of a document.
 * @returns The words, in order.
 */
export function quotedWords(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, word]) => word ?? []);
}

/**
 * Finds the code blocks of a language.
 *
 * @param text - A document.
 * @param language - As written behind the fence.
 * @returns The content of each block.
 */
export function codeBlocks(text: string, language: string): readonly string[] {
  const blocks = text.split(`\`\`\`${language}\n`).slice(1);
  return blocks.map((block) => block.slice(0, block.indexOf("```")));
}
