import type { Finding, RecipePath } from "../language/recipe-issue.ts";

/** What the language names and this version does not execute: refused, so that no recipe means less than it says. */
const NOT_SUPPORTED = {
  recipeKeys: ["schedule", "finally"],
  stepKeys: ["repeat", "undo"],
  stepTypes: ["workflow", "fail"],
  names: ["result", "secrets"],
  runMembers: ["status", "error"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Tells whether something is named by the language and not executed yet.
 *
 * @param kind - What it is.
 * @param name - Its name.
 * @returns Whether it is to be refused as such.
 */
export function isForLater(kind: keyof typeof NOT_SUPPORTED, name: string): boolean {
  const names: readonly string[] = NOT_SUPPORTED[kind];
  return names.includes(name);
}

/**
 * Refuses what is not executed yet.
 *
 * @param what - Its name in words.
 * @param path - Where it is.
 * @param onKey - Whether it is the name of a member.
 * @returns The finding.
 */
export function refuseForNow(what: string, path: RecipePath, onKey = false): Finding {
  return {
    code: "not_supported_yet",
    path,
    onKey,
    message: `${what} is not supported yet`,
    hint: "leave it out for now",
  };
}
