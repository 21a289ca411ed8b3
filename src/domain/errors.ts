/** Base of every exception of this project: a broken invariant or failed I/O. Expected outcomes are values instead. */
export class BatonError extends Error {
  /** Stable, lower snake case. */
  readonly code: string;
  /** Whether the same call could succeed later. */
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** Something that must never happen did: the command that meets it fails, and its state stays as it was. */
export class InvariantError extends BatonError {
  constructor(message: string) {
    super("invariant_broken", message, { retryable: false });
  }
}

/** PostgreSQL or Redis did not answer in time or at all; nothing was changed, or what was changed heals by itself. */
export class UnavailableError extends BatonError {
  constructor(part: "postgres" | "redis" | "shard", message: string, cause?: unknown) {
    super(`${part}_unavailable`, message, { retryable: true, cause });
  }
}

/** Another session of PostgreSQL holds a row that a change needs; nothing was changed, and others can go on. */
export class LockedError extends UnavailableError {
  constructor(cause?: unknown) {
    super("postgres", "another session of PostgreSQL holds a row that this change needs; try again later", cause);
  }
}

/** Variables of the deployment are missing or malformed; nothing works before they are set. */
export class MisconfiguredError extends BatonError {
  constructor(message: string) {
    super("misconfigured", message, { retryable: false });
  }
}
