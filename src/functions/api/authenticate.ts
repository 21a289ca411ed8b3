import type { Actor } from "../../domain/run/command.ts";
import { areEqualDigests, digest } from "./digest.ts";

/** What a key may do; each role may do what the ones before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;

/** What a key may do. */
export type Role = (typeof ROLES)[number];

/** Who sent a request. */
export interface Identity {
  /** As events name it. */
  readonly actor: Actor;
  readonly role: Role;
}

/** The key from the environment has this name. */
const BOOTSTRAP: Identity = { actor: "key:bootstrap", role: "admin" };

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/**
 * Finds out who sent a request.
 *
 * @param authorization - The `Authorization` header, or null.
 * @param bootstrapKey - The API key from the environment, which has all roles.
 * @returns Who, or null when the header carries no key that is known.
 */
export async function authenticate(authorization: string | null, bootstrapKey: string): Promise<Identity | null> {
  const key = BEARER.exec(authorization ?? "")?.[1];
  if (key === undefined) {
    return null;
  }
  const [given, expected] = await Promise.all([digest(key), digest(bootstrapKey)]);
  return areEqualDigests(given, expected) ? BOOTSTRAP : null;
}

/**
 * Tells whether a role may do what another may.
 *
 * @param role - The role of a key.
 * @param needed - The role that an operation asks for.
 * @returns Whether the key may call the operation.
 */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
