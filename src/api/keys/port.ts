import type { Actor } from "../../domain/run/command.ts";

/** What a key may do; each role may do what the ones before it may. */
export type Role = "viewer" | "operator" | "admin";

/** An API key as lists show it: never the key itself, which nobody has but its owner. */
export interface ApiKeyRecord {
  readonly name: string;
  /** The beginning of the key, to tell keys apart by sight. */
  readonly prefix: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly createdBy: Actor;
  /** Up to half a minute behind; null: never used. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A key on its way into the store. */
export interface NewApiKey extends Pick<ApiKeyRecord, "name" | "prefix" | "role" | "createdAt" | "createdBy"> {
  /** SHA-256 of the key, in hex. */
  readonly digest: string;
}

/** What the API reads and writes of keys. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface ApiKeyStore {
  /** Adds a key and notes it in the log of operators; false when the name was ever taken. */
  create(key: NewApiKey): Promise<boolean>;
  /** All keys by name, those that were revoked too; at most 1,000. */
  list(): Promise<readonly ApiKeyRecord[]>;
  /** Ends a key and notes it; the key as it is then, or null when there is none. A second time changes nothing. */
  revoke(name: string, actor: Actor, now: Date): Promise<ApiKeyRecord | null>;
  /** Finds a key that is not revoked by its digest, and notes that it was used. */
  use(digest: string, now: Date): Promise<{ readonly name: string; readonly role: Role } | null>;
}
