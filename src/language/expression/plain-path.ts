/** A path of names from the root, such as `input.user.name`; it reads the same as JSON as it does as JSONata. */
const PLAIN_PATH = /^\s*[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*\s*$/;

/** Names that JSONata reads as something else. */
const RESERVED = new Set(["and", "or", "in", "true", "false", "null", "function"]);

/** What following a plain path comes to: the value, or a list on the way, which only JSONata knows how to map over. */
export type PathValue = { readonly kind: "value"; readonly value: unknown } | { readonly kind: "list" };

/**
 * Reads an expression that is nothing but a path of names.
 *
 * @param source - An expression.
 * @returns The names, or null when the expression is more than that.
 */
export function parsePlainPath(source: string): readonly string[] | null {
  if (!PLAIN_PATH.test(source)) {
    return null;
  }
  const names = source.split(".").map((name) => name.trim());
  return names.some((name) => RESERVED.has(name)) ? null : names;
}

/**
 * Follows a path of names.
 *
 * @param root - Where it begins.
 * @param names - The names.
 * @returns The value, undefined when there is none; or that there is a list on the way.
 */
export function followPath(root: unknown, names: readonly string[]): PathValue {
  let value = root;
  for (const name of names) {
    if (Array.isArray(value)) {
      return { kind: "list" };
    }
    value = readMember(value, name);
  }
  return { kind: "value", value };
}

function readMember(value: unknown, name: string): unknown {
  // Own members only: `constructor` and `__proto__` are names like any other.
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
