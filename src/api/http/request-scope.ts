import type { ApiServices } from "../services.ts";
import type { Identity, KeyRing } from "./authenticate.ts";
import type { Problem } from "./problem.ts";

/** What lives as long as one request. */
export class RequestScope {
  readonly services: ApiServices;
  readonly requestId: string;
  readonly #keys: KeyRing;

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
    const { now, database } = this.services;
    const caller = { authorization: headers.get("Authorization"), address: this.addressOf(headers) };
    return this.#keys.identify(caller, now(), database.keys);
  }

  /**
   * Tells from where the request comes.
   *
   * @param headers - Its headers.
   * @returns The network address; null where nobody vouches for it.
   */
  addressOf(headers: Headers): string | null {
    // Anyone can send this header where Cloudflare does not stand in front and replace it.
    return this.services.settings.isBehindCloudflare ? headers.get("CF-Connecting-IP") : null;
  }
}
