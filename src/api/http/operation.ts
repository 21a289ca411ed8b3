import type { z } from "@hono/zod-openapi";
import type { Role } from "../keys/port.ts";
import type { SuccessKind } from "./answer.ts";
import type { ProblemCode } from "./problem.ts";

/** What an operation takes as its body. A `recipe` arrives as text, JSON or YAML. */
export type BodyContract<Body extends z.ZodType> =
  | { readonly kind: "none" }
  | { readonly kind: "recipe"; readonly schema: Body }
  | {
      readonly kind: "json";
      readonly schema: Body;
      readonly bytesMax: number;
      readonly isOptional: boolean;
      /** The body is data of users as a whole: its members may have any name. */
      readonly isData?: true;
    };

/** A header that an operation reads. */
export interface HeaderContract {
  readonly name: string;
  readonly description: string;
}

/** One call of the API: all that a client has to know, and all that is checked before its handler runs. */
export interface Operation<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  /** Name in the OpenAPI document. */
  readonly id: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** As OpenAPI writes it: `/api/runs/{id}`. */
  readonly path: string;
  /** The least role that may call it; null: anyone. */
  readonly role: Role | null;
  /** Where no key is needed: whether who sends one is told more. */
  readonly isKeyOptional?: true;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  readonly headers: readonly HeaderContract[];
  readonly body: BodyContract<Body>;
  readonly result: Result;
  /** What the answer is written in; JSON where it is not said. */
  readonly mediaType?: "application/x-ndjson" | "text/event-stream" | "text/html" | "text/plain";
  /** The same as a stream of server-sent events, for who accepts `text/event-stream`: its messages. */
  readonly stream?: string;
  /** Successes by kind, with what each means. */
  readonly successes: Readonly<Partial<Record<SuccessKind, string>>>;
  /** Refusals of its own, besides those that any operation can give. */
  readonly problems: readonly ProblemCode[];
}

/**
 * Declares an operation; gives it its exact type.
 *
 * @param operation - The operation.
 * @returns The same.
 */
export function defineOperation<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Result extends z.ZodType,
>(operation: Operation<Params, Query, Body, Result>): Operation<Params, Query, Body, Result> {
  return operation;
}
