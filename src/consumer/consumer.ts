import { WorkerEntrypoint } from "cloudflare:workers";
import type { Assignment } from "../domain/run/outcome.ts";
import type { ConsumerRpc, Env } from "../env.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";
import type { SettleReport } from "../shard/rpc.ts";
import { executeStep } from "../steps/execute-step.ts";
import type { StepPorts } from "../steps/ports.ts";
import { reportOutcome } from "./report-outcome.ts";

/** What one invocation of the consumer is made of. */
export interface ConsumerParts {
  /** What steps need from outside. */
  readonly ports: StepPorts;
  /** Brings the report of an attempt to its shard. */
  readonly settle: (report: SettleReport) => Promise<RpcResult<unknown>>;
}

/** Puts together what one invocation needs. Throws `MisconfiguredError` when the variables are wrong. */
export type ComposeConsumer = (env: Env) => ConsumerParts;

/**
 * The consumer: each invocation executes exactly one step. The shard has begun the attempt and taken its lease; here
 * it is executed and settled. A failed attempt settles as a retry: the ledger puts the step's message back on the
 * queue with the backoff as its delay.
 */
export class ConsumerFunction extends WorkerEntrypoint<Env> implements ConsumerRpc {
  readonly #compose: ComposeConsumer;

  constructor(context: ExecutionContext, env: Env, compose: ComposeConsumer) {
    super(context, env);
    this.#compose = compose;
  }

  /** Executes one attempt and reports its outcome. Resolves when the outcome is saved or nobody wants it any more. */
  async execute(assignment: Assignment): Promise<void> {
    const work = this.#executeAndSettle(assignment);
    // The work outlives a shard that is gone: its report reaches the new one with a token that is still current.
    this.ctx.waitUntil(work);
    await work;
  }

  async #executeAndSettle(assignment: Assignment): Promise<void> {
    const { ports, settle } = this.#compose(this.env);
    const outcome = await executeStep(assignment, ports);
    const { runId, stepKey, attempt, token } = assignment;
    await reportOutcome(async () => settle({ runId, stepKey, attempt, token, outcome }), delay);
  }
}

async function delay(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
