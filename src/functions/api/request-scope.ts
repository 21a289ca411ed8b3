import type { Identity, KeyRing } from "./authenticate.ts";
import type { ApiDatabase } from "./ports/api-database.ts";
import type { Problem } from "./problem.ts";
import type { ApiServices } from "./services.ts";

/** What lives as long as one request. */
export class RequestScope {
  readonly services: ApiServices;
  readonly requestId: string;
  readonly #keys: KeyRing;
  #database: ApiDatabase | null = null;
  #afterAnswer: Promise<void> = Promise.resolve();

  constructor(services: ApiServices, keys: KeyRing, requestId: string) {
    this.services = services;
    this.requestId = requestId;
    this.#keys = keys;
  }

  /**
   * Finds out who sent the request.
   *
   * @param headers - Its headers.
   * @returns Who; null when no known key came with it; a refusal when its address has tried too many.
   */
  async identify(headers: Headers): Promise<Identity | Problem | null> {
    const caller = {
      authorization: headers.get("Authorization"),
      address: headers.get("CF-Connecting-IP") ?? "unknown",
    };
    return this.#keys.identify(caller, this.services.now(), () => this.database().keys);
  }

  /** PostgreSQL for this request, opened by the first that asks: opening costs more than most requests. */
  database(): ApiDatabase {
    this.#database ??= this.services.openDatabase();
    return this.#database;
  }

  /**
   * Keeps PostgreSQL open beyond the answer, for one that is still being sent.
   *
   * @param work - Settles when it is no longer needed.
   */
  keepOpenFor(work: Promise<void>): void {
    this.#afterAnswer = work;
  }

  /** Closes what was opened, when nothing needs it any more; null when there is nothing to wait for. */
  close(): Promise<void> | null {
    const database = this.#database;
    return database === null ? null : this.#afterAnswer.catch(() => undefined).then(async () => database.close());
  }
}
