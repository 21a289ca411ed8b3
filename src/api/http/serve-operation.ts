import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Role } from "../keys/port.ts";
import { type Answer, renderAnswer } from "./answer.ts";
import { type Identity, includesRole } from "./authenticate.ts";
import type { Call, HandlerResult } from "./call.ts";
import type { Operation } from "./operation.ts";
import { parseBody, parseParams, parseQuery } from "./parse-request.ts";
import { problem, type Problem, renderProblem } from "./problem.ts";
import type { RequestScope } from "./request-scope.ts";

/** What the API's context carries from one layer to the next. */
export interface ApiContext {
  readonly Variables: { readonly scope: RequestScope };
}

/** An operation and what answers it. */
export interface ServedOperation {
  readonly operation: Operation;
  readonly serve: (context: Context<ApiContext>) => Promise<Response>;
}

/**
 * Joins an operation and its handler: authorise, parse by the contract, handle, shape the answer.
 *
 * @param operation - The contract.
 * @param handle - Answers a call that has been authorised and parsed.
 * @returns The operation, ready to be routed.
 */
export function serveOperation<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Result extends z.ZodType,
>(
  operation: Operation<Params, Query, Body, Result>,
  handle: (
    call: Call<z.output<Params>, z.output<Query>, z.output<Body> | undefined>,
  ) => Promise<HandlerResult<z.output<Result>>>,
): ServedOperation {
  async function answer(context: Context<ApiContext>, scope: RequestScope): Promise<HandlerResult<unknown>> {
    const { services } = scope;
    const request = context.req.raw;
    const caller = await authorise(scope, request.headers, operation.role);
    if (caller.kind === "problem") {
      return caller;
    }
    const params = parseParams(context.req.param(), operation.params);
    if (params.kind === "problem") {
      return params;
    }
    const query = parseQuery(request.url, operation.query);
    if (query.kind === "problem") {
      return query;
    }
    const body = await parseBody(request, operation.body);
    if (body.kind === "problem") {
      return body;
    }
    return handle({
      services,
      params: params.value,
      query: query.value,
      body: body.value,
      headers: request.headers,
      actor: caller.identity?.actor ?? null,
      role: caller.identity?.role ?? null,
      database: services.database,
    });
  }
  return {
    operation,
    serve: async (context) => {
      const scope = context.get("scope");
      return renderResult(await answer(context, scope), scope.requestId);
    },
  };
}

/** A request that may go on. */
export interface Authorised {
  readonly kind: "authorised";
  /** Null when the operation needs no key and none was sent that is known. */
  readonly identity: Identity | null;
}

/**
 * Decides whether a request may go on.
 *
 * @param scope - The request.
 * @param headers - Its headers.
 * @param needed - The least role, or null when anyone may.
 * @returns Who sent it, or the refusal.
 */
export async function authorise(
  scope: RequestScope,
  headers: Headers,
  needed: Role | null,
): Promise<Authorised | Problem> {
  if (needed === null) {
    // What needs no key answers although the keys cannot be looked up.
    const known = await scope.identify(headers).catch(() => null);
    return { kind: "authorised", identity: known !== null && "actor" in known ? known : null };
  }
  const identity = await scope.identify(headers);
  if (identity === null) {
    return problem("unauthorized", "send an API key: `Authorization: Bearer <key>`", {
      headers: { "WWW-Authenticate": 'Bearer realm="baton"' },
    });
  }
  if ("code" in identity) {
    return identity;
  }
  return includesRole(identity.role, needed)
    ? { kind: "authorised", identity }
    : problem("forbidden", `this needs a key with the role ${needed}; yours is ${identity.role}`);
}

function renderResult(result: Answer<unknown> | Problem | Response, requestId: string): Response {
  if (result instanceof Response) {
    return result;
  }
  return result.kind === "problem" ? renderProblem(result, requestId) : renderAnswer(result);
}
