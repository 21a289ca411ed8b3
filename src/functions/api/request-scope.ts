import type { ApiDatabase } from "./ports/api-database.ts";
import type { ApiServices } from "./services.ts";

/** What lives as long as one request. */
export class RequestScope {
  readonly services: ApiServices;
  readonly requestId: string;
  #database: ApiDatabase | null = null;

  constructor(services: ApiServices, requestId: string) {
    this.services = services;
    this.requestId = requestId;
  }

  /** PostgreSQL for this request, opened by the first that asks: opening costs more than most requests. */
  database(): ApiDatabase {
    this.#database ??= this.services.openDatabase();
    return this.#database;
  }

  /** Closes what was opened; null when there is nothing to wait for. */
  close(): Promise<void> | null {
    return this.#database === null ? null : this.#database.close();
  }
}
