import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const GENERATED = /[/\\](dist|node_modules)[/\\]/;

/** A file of the project, by its path from the project's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads all TypeScript and JavaScript under a folder of the project.
 *
 * @param folder - A folder's path from the project's root.
 * @returns Its files, in the order of their paths; none when there is no such folder.
 */
export function readSourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === folder.split("/")[0])
    .flatMap(() => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /[.](ts|tsx|mjs|cjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !GENERATED.test(path))
    .toSorted()
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, "utf8") }));
}
