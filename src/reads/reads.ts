import { DurableObject } from "cloudflare:workers";
import type { ApiDatabase } from "../api/database.ts";
import { BatonError } from "../domain/errors.ts";
import type { Env } from "../env.ts";
import { describeError, type Log } from "../runtime/log.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";
import type { ArgumentsOf, DatabasePart, ReadsRpc, ValueOf } from "./rpc.ts";

/** What a reads object is made of. */
export interface ReadsParts {
  readonly database: ApiDatabase;
  readonly log: Log;
}

/** Puts a reads object together. Throws `MisconfiguredError` when the variables are wrong. */
export type ComposeReads = (env: Env) => ReadsParts;

/**
 * The reads object: it holds the connections over which the API reads, because in the runtime a socket belongs to who
 * opened it, and a connection for each request costs PostgreSQL more than the request. It holds no state: kill it at any time.
 */
export class ReadsObject extends DurableObject<Env> implements ReadsRpc {
  readonly #compose: ComposeReads;
  #parts: ReadsParts | null = null;

  constructor(state: DurableObjectState, env: Env, compose: ComposeReads) {
    super(state, env);
    this.#compose = compose;
  }

  /** Calls a method of `ApiDatabase`. */
  async ask<Part extends DatabasePart, Method extends keyof ApiDatabase[Part]>(
    part: Part,
    method: Method,
    args: ArgumentsOf<Part, Method>,
  ): Promise<RpcResult<ValueOf<Part, Method>>> {
    this.#parts ??= this.#compose(this.env);
    const { database, log } = this.#parts;
    try {
      const target: object = database[part];
      const call: unknown = Reflect.get(target, method);
      if (typeof call !== "function") {
        return { ok: false, code: "internal_error", message: `there is no ${part}.${String(method)}` };
      }
      const value: ValueOf<Part, Method> = await Reflect.apply(call, target, args);
      return { ok: true, value };
    } catch (error) {
      if (error instanceof BatonError) {
        return { ok: false, code: error.code, message: error.message };
      }
      log.error("a read failed", { read: `${part}.${String(method)}`, error: describeError(error) });
      return { ok: false, code: "internal_error", message: "PostgreSQL refused a read" };
    }
  }
}
