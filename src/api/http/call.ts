import type { Actor } from "../../domain/run/command.ts";
import type { ApiDatabase } from "../database.ts";
import type { Role } from "../keys/port.ts";
import type { ApiServices } from "../services.ts";
import type { Answer } from "./answer.ts";
import type { Problem } from "./problem.ts";

/** One request that has been authorised and parsed. */
export interface Call<Params, Query, Body> {
  readonly services: ApiServices;
  readonly params: Params;
  readonly query: Query;
  /** Undefined when the body is optional and was not sent. */
  readonly body: Body;
  readonly headers: Headers;
  /** Null when the operation needs no key and none was sent. */
  readonly actor: Actor | null;
  /** What that key may do; null with `actor`. */
  readonly role: Role | null;
  readonly database: ApiDatabase;
}

/** What a handler gives: a success, a refusal, or (for answers that are no JSON) a whole response. */
export type HandlerResult<Body> = Answer<Body> | Problem | Response;
