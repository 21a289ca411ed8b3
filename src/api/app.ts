import { Hono } from "hono";
import { BatonError } from "../domain/errors.ts";
import type { Env, SettingProblem } from "../env.ts";
import { describeError } from "../runtime/log.ts";
import { KeyRing } from "./http/authenticate.ts";
import { allowOrigin, answerPreflight } from "./http/cors.ts";
import { problem, type Problem, renderProblem, unavailable } from "./http/problem.ts";
import { drainBody } from "./http/read-body.ts";
import { RequestScope } from "./http/request-scope.ts";
import { type ApiContext, authorise } from "./http/serve-operation.ts";
import { OPERATIONS } from "./operations.ts";
import type { ApiServices } from "./services.ts";
import { renderLinkProblem, serveSignalLink, SIGNALS_PATH } from "./signals/link.ts";

/** Gives what the API is made of, or everything that is wrong with the deployment's variables. */
export type ProvideApi = (env: Env) => ApiServices | readonly SettingProblem[];

const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

type ApiEnv = ApiContext & { readonly Bindings: Env };

/**
 * Makes the API: everything under `/api`, and the pages under `/signals`.
 *
 * @param provide - Gives the services; called for each request, so it should remember them.
 * @returns The application.
 */
export function createApi(provide: ProvideApi): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const keyRings = new WeakMap<ApiServices, KeyRing>();
  app.use(async (context, next) => {
    await next();
    // What succeeded has read its body to the end, if it looked at it at all.
    if (!context.req.raw.bodyUsed || !context.res.ok) {
      await drainBody(context.req.raw);
    }
  });
  app.use(async (context, next) => {
    const requestId = chooseRequestId(context.req.header("X-Request-Id") ?? null);
    const services = provide(context.env);
    if (!isProvided(services)) {
      return renderProblem(misconfigured(services), requestId);
    }
    const { method } = context.req;
    const origin = context.req.header("Origin") ?? null;
    if (method === "OPTIONS" && origin !== null) {
      return answerPreflight(origin, services.settings);
    }
    const keys = keyRings.get(services) ?? new KeyRing(services.settings.apiKey);
    keyRings.set(services, keys);
    const scope = new RequestScope(services, keys, requestId);
    context.set("scope", scope);
    await next();
    const headers = { "X-Request-Id": requestId, ...allowOrigin(origin, services.settings) };
    for (const [name, value] of Object.entries(headers)) {
      context.res.headers.set(name, value);
    }
    return undefined;
  });
  for (const { operation, serve } of OPERATIONS) {
    app.on(operation.method.toUpperCase(), [routePathOf(operation.path)], serve);
  }
  app.all(`${SIGNALS_PATH}*`, async (context) => serveSignalLink(context.get("scope"), context.req.raw));
  app.notFound(async (context) => {
    const scope = context.get("scope");
    const caller = await authorise(scope, context.req.raw.headers, "viewer");
    const refusal = caller.kind === "problem" ? caller : describeMiss(context.req.method, context.req.path);
    return renderProblem(refusal, scope.requestId);
  });
  app.onError((error, context) => {
    const scope = context.get("scope");
    const refusal = refuseFailed(error, scope);
    return context.req.path.startsWith(SIGNALS_PATH)
      ? renderLinkProblem(context.req.raw, refusal, scope.requestId)
      : renderProblem(refusal, scope.requestId);
  });
  return app;
}

function refuseFailed(error: Error, { services, requestId }: RequestScope): Problem {
  if (error instanceof BatonError && error.retryable) {
    services.log.warn("request refused", { requestId, code: error.code });
    return unavailable(`${error.message}; try again in a moment`);
  }
  services.log.error("request failed", { requestId, error: describeError(error) });
  return problem("internal_error", `this is a fault of ours; its log line has the id ${requestId}`);
}

/** Names a request: by the client's own id, where it sent a plain one, so that its logs and ours can be joined. */
function chooseRequestId(given: string | null): string {
  return given !== null && CLIENT_ID.test(given) ? given : crypto.randomUUID();
}

function isProvided(services: ApiServices | readonly SettingProblem[]): services is ApiServices {
  return !Array.isArray(services);
}

function misconfigured(problems: readonly SettingProblem[]): Problem {
  const issues = problems.map(({ variable, message }) => ({ path: variable, code: "bad_setting", message }));
  return problem("misconfigured", "variables of the deployment are missing or malformed; set them", { issues });
}

function routePathOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** No operation answers: because of the method, when the path is one of theirs. */
function describeMiss(method: string, path: string): Problem {
  const methods = OPERATIONS.filter(({ operation }) => matchesPath(operation.path, path)).map(({ operation }) =>
    operation.method.toUpperCase(),
  );
  if (methods.length === 0) {
    return problem("not_found", `there is nothing at ${path.slice(0, 200)}; the calls are listed at /api/docs`);
  }
  const allowed = [...new Set(methods)].toSorted().join(", ");
  return problem("method_not_allowed", `${method} is not allowed here; use ${allowed}`, {
    headers: { Allow: allowed },
  });
}

function matchesPath(template: string, path: string): boolean {
  const expected = template.split("/");
  const given = path.split("/");
  return (
    expected.length === given.length &&
    expected.every((part, index) => (part.startsWith("{") ? given[index] !== "" : part === given[index]))
  );
}
