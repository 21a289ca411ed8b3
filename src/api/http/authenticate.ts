import type { Actor } from "../../domain/run/command.ts";
import type { ApiKeyStore, Role } from "../keys/port.ts";
import { areEqualDigests, digest, hexDigest } from "./digest.ts";
import { FailureLimit } from "./failure-limit.ts";
import { problem, type Problem } from "./problem.ts";

/** Every role; each may do what the ones before it may. */
const ROLES = ["viewer", "operator", "admin"] as const satisfies readonly Role[];

/** Who sent a request. */
export interface Identity {
  /** As events name it. */
  readonly actor: Actor;
  readonly role: Role;
}

/** Where a request comes from. */
export interface Caller {
  /** The `Authorization` header, or null. */
  readonly authorization: string | null;
  /** The network address; null where nobody vouches for it. */
  readonly address: string | null;
}

/** The key from the environment has this name. */
const BOOTSTRAP: Identity = { actor: "key:bootstrap", role: "admin" };

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** What keys of the table look like; anything else is not looked up. */
const KEY = /^baton_[A-Za-z0-9_-]{32}$/;

/** A key that was revoked works on for this long in isolates that know it, in ms. */
const KNOWN_MS = 30_000;

const KNOWN_MAX = 1000;

/**
 * Finds out who sends requests. It remembers keys for half a minute, so that few requests ask the database, and tells
 * addresses that try one wrong key after the other to wait.
 */
export class KeyRing {
  readonly #bootstrapDigest: Uint8Array;
  readonly #known = new Map<string, { readonly identity: Identity; readonly untilMs: number }>();
  readonly #failures = new FailureLimit();

  constructor(bootstrapKey: string) {
    this.#bootstrapDigest = digest(bootstrapKey);
  }

  /**
   * Finds out who sent a request.
   *
   * @param caller - Where the request comes from.
   * @param now - The present instant.
   * @param keys - The keys of the table; asked only when a key has to be looked up.
   * @returns Who; null when no known key came with it; a refusal when it was a wrong one and its address has tried many.
   */
  async identify(caller: Caller, now: Date, keys: ApiKeyStore): Promise<Identity | Problem | null> {
    const key = BEARER.exec(caller.authorization ?? "")?.[1];
    if (key === undefined) {
      return null;
    }
    if (areEqualDigests(digest(key), this.#bootstrapDigest)) {
      return BOOTSTRAP;
    }
    return (await this.#identifyByTable(key, now, keys)) ?? this.#refuse(caller.address, now);
  }

  async #identifyByTable(key: string, now: Date, keys: ApiKeyStore): Promise<Identity | null> {
    const keyDigest = hexDigest(key);
    const known = this.#known.get(keyDigest);
    if (known !== undefined && known.untilMs > now.getTime()) {
      return known.identity;
    }
    this.#known.delete(keyDigest);
    const found = KEY.test(key) ? await keys.use(keyDigest, now) : null;
    if (found === null) {
      return null;
    }
    const identity: Identity = { actor: `key:${found.name}`, role: found.role };
    this.#remember(keyDigest, identity, now);
    return identity;
  }

  /** Only who sent a wrong key comes here: a right one is never refused for the mistakes of others. */
  #refuse(address: string | null, now: Date): Problem | null {
    if (address === null) {
      return null;
    }
    const waitMs = this.#failures.waitMs(address, now);
    this.#failures.note(address, now);
    return waitMs === 0
      ? null
      : problem("too_many_attempts", "too many wrong API keys came from this address; check the key and wait", {
          headers: { "Retry-After": String(Math.ceil(waitMs / 1000)) },
        });
  }

  #remember(keyDigest: string, identity: Identity, now: Date): void {
    if (this.#known.size >= KNOWN_MAX) {
      this.#known.clear();
    }
    this.#known.set(keyDigest, { identity, untilMs: now.getTime() + KNOWN_MS });
  }
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
