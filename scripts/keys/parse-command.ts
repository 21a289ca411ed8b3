/** What `npm run keys` was asked for. */
export type KeysCommand =
  | { readonly kind: "list" }
  | { readonly kind: "create"; readonly name: string; readonly role: string }
  | { readonly kind: "revoke"; readonly name: string };

/**
 * Reads the arguments of `npm run keys`.
 *
 * @param args - Words after the command.
 * @returns What to do, or null when they are not understood.
 */
export function parseKeysCommand(args: readonly string[]): KeysCommand | null {
  const [verb, name, role, ...rest] = args;
  if (rest.length > 0) {
    return null;
  }
  if (verb === "list" && name === undefined) {
    return { kind: "list" };
  }
  if (verb === "create" && name !== undefined && role !== undefined) {
    return { kind: "create", name, role };
  }
  return verb === "revoke" && name !== undefined && role === undefined ? { kind: "revoke", name } : null;
}
