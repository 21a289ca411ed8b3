import { LockedError, type UnavailableError } from "../../src/domain/errors.ts";
import type { Outside } from "./outside.ts";
import type { CallEffect, QueuePoint, StorePoint } from "./schedule.ts";
import type { Owner } from "./scheduler.ts";

/** A copy of a shard, as what it calls sees it. */
export interface Caller extends Owner {
  readonly outside: Outside;
  /** Its name in traces. */
  readonly name: string;
  lose(): void;
}

/** A call to PostgreSQL or Redis. */
export interface OutsideCall<Value> {
  readonly point: StorePoint | QueuePoint;
  /** What it does there. */
  readonly work: () => Value | Promise<Value>;
  /** What its adapter throws when it has no answer, or a bad one. */
  readonly unavailable: () => UnavailableError;
}

/** After this the adapters give up waiting, in ms. */
const DEADLINE_MS = 10_000;

/** How much later than that an overtaken call is done, in ms. */
const OVERTAKEN_MS = 30;

/** Effects of calls that are not done. */
const UNDONE: ReadonlySet<CallEffect | null> = new Set(["refused", "vanished", "locked", "poison"]);

/** Effects of calls whose callers hear nothing before their deadline. */
const SILENT: ReadonlySet<CallEffect | null> = new Set(["silent", "vanished", "overtaken"]);

/**
 * Makes a call from a shard to PostgreSQL or Redis, and lets happen to it what the schedule says.
 *
 * @param caller - Who calls. One who is lost hears nothing any more.
 * @param call - Where, and what is done there.
 * @returns What came of it.
 */
export async function callOutside<Value>(caller: Caller, call: OutsideCall<Value>): Promise<Value> {
  const { outside } = caller;
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  if (caller.isLost) {
    return promise;
  }
  const fate = outside.faults.call(call.point);
  const { effect } = fate;
  outside.note(() => `${caller.name} ${call.point}${effect === null ? "" : `: ${effect}`}`);
  if (effect === "lost before") {
    caller.lose();
    return promise;
  }
  if (SILENT.has(effect)) {
    outside.scheduler.after(DEADLINE_MS, () => reject(call.unavailable()), caller);
  }
  const answer = (settle: () => void): void => {
    if (effect === "lost after") {
      caller.lose();
    } else if (!SILENT.has(effect)) {
      outside.scheduler.after(fate.answerMs, settle, caller);
    }
  };
  const arrive = async (): Promise<void> => {
    outside.sentCount -= 1;
    if (caller.isLost && !fate.outlivesSender) {
      return;
    }
    try {
      const value = UNDONE.has(effect) ? throwRefusal(effect, call) : await call.work();
      answer(() => (effect === "failed" ? reject(call.unavailable()) : resolve(value)));
    } catch (error) {
      answer(() => reject(error));
    }
  };
  outside.sentCount += 1;
  outside.scheduler.after(
    fate.requestMs + (effect === "overtaken" ? DEADLINE_MS + OVERTAKEN_MS : 0),
    () => void arrive(),
  );
  return promise;
}

function throwRefusal(effect: CallEffect | null, call: Pick<OutsideCall<unknown>, "unavailable">): never {
  if (effect === "locked") {
    throw new LockedError();
  }
  throw effect === "poison" ? new Error("PostgreSQL takes a statement for wrong") : call.unavailable();
}
