import { AsyncLocalStorage } from "node:async_hooks";
import type { ApiDatabase } from "../../src/api/database.ts";
import type { Env } from "../../src/env.ts";
import worker, { Reads as RealReads, Shard as RealShard, StepConsumer } from "../../src/index.ts";
import type { ArgumentsOf, DatabasePart, ValueOf } from "../../src/reads/rpc.ts";
import type { RpcResult } from "../../src/runtime/rpc-result.ts";

/** What is called from an object's methods, however late, knows it. */
const inObject = new AsyncLocalStorage<true>();

const pending = new Set<unknown>();
let madeCount = 0;
let clearedCount = 0;

const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

function setCountedTimeout(callback: () => void, delayMs?: number): ReturnType<typeof realSetTimeout> {
  const timer = realSetTimeout(() => {
    pending.delete(timer);
    callback();
  }, delayMs);
  if (inObject.getStore() === true) {
    madeCount += 1;
    pending.add(timer);
  }
  return timer;
}

function clearCountedTimeout(timer: number | null): void {
  clearedCount += pending.delete(timer) ? 1 : 0;
  realClearTimeout(timer);
}

Object.assign(globalThis, { setTimeout: setCountedTimeout, clearTimeout: clearCountedTimeout });

/** The real shard, with its timers counted: the runtime keeps something of each that is cleared. */
export class Shard extends RealShard {
  override async start(...args: Parameters<RealShard["start"]>): ReturnType<RealShard["start"]> {
    return inObject.run(true, async () => super.start(...args));
  }

  override async waitForEnd(...args: Parameters<RealShard["waitForEnd"]>): ReturnType<RealShard["waitForEnd"]> {
    return inObject.run(true, async () => super.waitForEnd(...args));
  }

  override async settle(...args: Parameters<RealShard["settle"]>): ReturnType<RealShard["settle"]> {
    return inObject.run(true, async () => super.settle(...args));
  }

  override async sweep(...args: Parameters<RealShard["sweep"]>): ReturnType<RealShard["sweep"]> {
    return inObject.run(true, async () => super.sweep(...args));
  }

  override async stats(...args: Parameters<RealShard["stats"]>): ReturnType<RealShard["stats"]> {
    return inObject.run(true, async () => super.stats(...args));
  }
}

/** The real reads object, with its timers counted. */
export class Reads extends RealReads {
  override async ask<Part extends DatabasePart, Method extends keyof ApiDatabase[Part]>(
    part: Part,
    name: Method,
    args: ArgumentsOf<Part, Method>,
  ): Promise<RpcResult<ValueOf<Part, Method>>> {
    return inObject.run(true, async () => super.ask(part, name, args));
  }
}

export { StepConsumer };

async function fetchOrTell(
  request: Parameters<typeof worker.fetch>[0],
  env: Env,
  context: ExecutionContext,
): Promise<Response> {
  return new URL(request.url).pathname === "/fault/timers"
    ? Response.json({ made: madeCount, cleared: clearedCount })
    : worker.fetch(request, env, context);
}

// oxlint-disable-next-line import/no-default-export -- the runtime finds the Worker there
export default { ...worker, fetch: fetchOrTell };
