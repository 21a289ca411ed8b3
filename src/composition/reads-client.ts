import { answerWithin } from "../adapters/answer-within.ts";
import { SYSTEM_CLOCK } from "../adapters/system-clock.ts";
import type { ApiDatabase } from "../api/database.ts";
import { InvariantError, UnavailableError } from "../domain/errors.ts";
import type { Env } from "../env.ts";
import type { ArgumentsOf, DatabasePart, ValueOf } from "../reads/rpc.ts";
import { describeError, type Log } from "../runtime/log.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";

/** A reads object is one thread and six connections; a deployment with more shards has more to read. */
const OBJECTS_MAX = 4;

/** Longer than a reads object lets a call wait and work, in ms. */
const ANSWER_MS_MAX = 16_000;

/**
 * Makes PostgreSQL as the API sees it, through the reads objects.
 *
 * @param env - Bindings.
 * @param shardCount - Shards of the deployment.
 * @param log - Where objects that do not answer are noted.
 * @returns The reads and writes of the API.
 */
export function createReadsClient(env: Env, shardCount: number, log: Log): ApiDatabase {
  const objectCount = Math.min(shardCount, OBJECTS_MAX);
  function method<Part extends DatabasePart, Method extends keyof ApiDatabase[Part]>(
    part: Part,
    name: Method,
  ): (...args: ArgumentsOf<Part, Method>) => Promise<ValueOf<Part, Method>> {
    return async (...args) => {
      const object = `reads-${Math.floor(Math.random() * objectCount)}`;
      const stub = env.READS.get(env.READS.idFromName(object));
      const answer = answerWithin(
        { limitMs: ANSWER_MS_MAX, who: "a reads object", clock: SYSTEM_CLOCK },
        stub.ask(part, name, args),
      );
      return valueOf(
        await answer.catch((error: unknown) => {
          log.warn("a reads object did not answer", { object, error: describeError(error) });
          throw new UnavailableError("postgres", "the way to PostgreSQL is cut", error);
        }),
      );
    };
  }
  return {
    runs: {
      list: method("runs", "list"),
      findOrigin: method("runs", "findOrigin"),
      find: method("runs", "find"),
      findState: method("runs", "findState"),
      findResult: method("runs", "findResult"),
      findPayload: method("runs", "findPayload"),
      listSteps: method("runs", "listSteps"),
      listUnderWay: method("runs", "listUnderWay"),
      findStep: method("runs", "findStep"),
      findInputSchema: method("runs", "findInputSchema"),
    },
    events: {
      list: method("events", "list"),
      verify: method("events", "verify"),
      findHead: method("events", "findHead"),
      findLast: method("events", "findLast"),
      listOfStep: method("events", "listOfStep"),
    },
    signals: { findWaitingSignal: method("signals", "findWaitingSignal") },
    workflows: {
      save: method("workflows", "save"),
      list: method("workflows", "list"),
      find: method("workflows", "find"),
      listVersions: method("workflows", "listVersions"),
      disable: method("workflows", "disable"),
    },
    keys: {
      create: method("keys", "create"),
      list: method("keys", "list"),
      revoke: method("keys", "revoke"),
      use: method("keys", "use"),
    },
    audit: { list: method("audit", "list"), listOperatorEvents: method("audit", "listOperatorEvents") },
    stats: { read: method("stats", "read"), countActive: method("stats", "countActive") },
    state: { look: method("state", "look") },
  };
}

function valueOf<Value>(result: RpcResult<Value>): Value {
  if (result.ok) {
    return result.value;
  }
  throw result.code.endsWith("_unavailable")
    ? new UnavailableError("postgres", result.message)
    : new InvariantError(result.message);
}
