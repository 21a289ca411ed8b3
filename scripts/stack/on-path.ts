import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Looks a program up on the PATH.
 *
 * @param name - Its file name.
 * @returns Its path, or null when there is none that may be executed.
 */
export function onPath(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder: the next one.
    }
  }
  return null;
}
