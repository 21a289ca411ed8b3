import { reportOutcome } from "../../src/consumer/report-outcome.ts";
import type { Assignment } from "../../src/domain/run/outcome.ts";
import type { RpcResult } from "../../src/runtime/rpc-result.ts";
import { executeStep } from "../../src/steps/execute-step.ts";
import type { HttpAnswer, HttpCall, StepPorts } from "../../src/steps/ports.ts";
import type { ConsumerFate } from "./fault-plan.ts";
import type { Outside } from "./outside.ts";
import type { HttpFault } from "./schedule.ts";
import type { Shards } from "./shards.ts";

const ANSWERED = { kind: "answered", truncated: false, unread: null } as const;
const EMPTY = new Uint8Array();

/** What an API answers instead of 200. */
const BAD_ANSWERS = {
  "503": { ...ANSWERED, status: 503, headers: {}, body: EMPTY },
  "429": { ...ANSWERED, status: 429, headers: { "retry-after": "3" }, body: EMPTY },
  "404": { ...ANSWERED, status: 404, headers: {}, body: EMPTY },
  broken: { kind: "unreachable", reason: "the connection broke" },
  hangs: { kind: "aborted" },
} as const satisfies Record<Exclude<HttpFault["answer"], "slow">, HttpAnswer>;

/** Consumers: each invocation executes one step for real, and calls an API that remembers the calls. */
export class Consumers {
  readonly #outside: Outside;
  readonly #ports: StepPorts;
  #openCount = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
    this.#ports = {
      callHttp: this.#createCallHttp(),
      now: () => outside.now(),
      after: (delayMs, callback) => outside.scheduler.after(delayMs, callback),
      makeSignalUrl: ({ runId, stepKey }) => ({ ok: true, url: `http://baton.test/${runId}/${stepKey}` }),
      reportUnexpected: (error) => {
        outside.surprises.push(`a step threw ${String(error)}`);
      },
    };
  }

  /** How many invocations are under way. */
  get openCount(): number {
    return this.#openCount;
  }

  /**
   * Invokes a consumer. What it does goes on when the shard that called is gone.
   *
   * @param assignment - The attempt.
   * @param shards - Where to report.
   * @returns When the invocation has ended; rejects when it was lost, unless nobody hears of that.
   */
  async execute(assignment: Assignment, shards: Shards): Promise<void> {
    const fate = this.#outside.faults.consumer();
    this.#openCount += 1;
    const invocation = this.#invoke(assignment, fate, shards).finally(() => {
      this.#openCount -= 1;
    });
    const isSilent = fate.effect === "silent before" || fate.effect === "silent after";
    if (isSilent || fate.effect === "cut off") {
      invocation.catch(() => undefined);
      await (isSilent ? new Promise(() => undefined) : this.#outside.scheduler.pass(fate.startMs));
      throw new Error("the connection to the consumer was lost");
    }
    await invocation;
  }

  async #invoke(assignment: Assignment, { effect, startMs, tarriesMs }: ConsumerFate, shards: Shards): Promise<void> {
    const { runId, stepKey, attempt, token } = assignment;
    const { scheduler, recorder } = this.#outside;
    recorder.handOver(token);
    if (effect !== null) {
      this.#outside.note(() => `consumer of ${runId.slice(-4)} ${stepKey}#${attempt}: ${effect}`);
    }
    await scheduler.pass(startMs);
    if (effect === "lost before" || effect === "silent before") {
      throw new Error("the consumer was lost");
    }
    const outcome = await executeStep(assignment, this.#ports);
    recorder.outcomes.set(token, outcome);
    if (effect === "lost after" || effect === "silent after") {
      throw new Error("the consumer was lost");
    }
    if (effect === "tarries" || effect === "cut off") {
      await scheduler.pass(tarriesMs);
    }
    const report = { runId, stepKey, attempt, token, outcome };
    const settle = async (): Promise<RpcResult<unknown>> => shards.call("settle", async (copy) => copy.settle(report));
    if (effect === "repeats") {
      await Promise.all([this.#report(settle), this.#report(settle)]);
    }
    await this.#report(settle);
  }

  async #report(settle: () => Promise<RpcResult<unknown>>): Promise<void> {
    await reportOutcome(settle, async (ms) => this.#outside.scheduler.pass(ms));
  }

  #createCallHttp(): HttpCall {
    const { recorder, faults, scheduler } = this.#outside;
    return async ({ url, headers }, signal) => {
      const caller = new URL(url).pathname.slice(1);
      const key = headers["idempotency-key"];
      const call = recorder.record({ caller, key });
      const { answer, ms } = faults.http(caller, call);
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve());
      });
      await (answer === "hangs" ? aborted : Promise.race([scheduler.pass(ms), aborted]));
      if (signal.aborted) {
        return BAD_ANSWERS.hangs;
      }
      const body = new TextEncoder().encode(JSON.stringify({ caller, call }));
      return answer === null || answer === "slow"
        ? { ...ANSWERED, status: 200, headers: { "content-type": "application/json" }, body }
        : BAD_ANSWERS[answer];
    };
  }
}
