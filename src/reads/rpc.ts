import type { ApiDatabase } from "../api/database.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";

/** A part of PostgreSQL as the API sees it. */
export type DatabasePart = keyof ApiDatabase;

/** What a method of a part takes. */
export type ArgumentsOf<
  Part extends DatabasePart,
  Method extends keyof ApiDatabase[Part],
> = ApiDatabase[Part][Method] extends (...args: infer Arguments) => unknown ? Arguments : never;

/** What a method of a part gives. */
export type ValueOf<
  Part extends DatabasePart,
  Method extends keyof ApiDatabase[Part],
> = ApiDatabase[Part][Method] extends (...args: never[]) => Promise<infer Value> ? Value : never;

/** What a reads object answers to: the API calls it. */
export interface ReadsRpc {
  /** Calls a method of `ApiDatabase`, over a connection that is open already where there is one. */
  ask<Part extends DatabasePart, Method extends keyof ApiDatabase[Part]>(
    part: Part,
    method: Method,
    args: ArgumentsOf<Part, Method>,
  ): Promise<RpcResult<ValueOf<Part, Method>>>;
}
