import { WorkerEntrypoint } from "cloudflare:workers";
import { composeConsumer } from "../composition/compose-consumer.ts";
import { UnavailableError } from "../domain/errors.ts";
import type { Assignment } from "../domain/run/outcome.ts";
import type { Env } from "../env.ts";
import { executeStep } from "../steps/execute-step.ts";
import type { RpcResult, SettleReport } from "./shard-rpc.ts";

/** Waits between tries to report an outcome, in ms; a shard that restarts is back well before the last. */
const REPORT_DELAYS_MS = [50, 200, 1_000, 3_000, 10_000];

/**
 * The consumer: each invocation executes exactly one step. The shard has begun the attempt and taken its lease; here
 * it is executed and settled. A failed attempt settles as a retry: the ledger puts the step's message back on the
 * queue with the backoff as its delay.
 */
export class StepConsumer extends WorkerEntrypoint<Env> {
  /** Executes one attempt and reports its outcome. Resolves when the outcome is saved or nobody wants it any more. */
  async execute(assignment: Assignment): Promise<void> {
    const work = this.#executeAndSettle(assignment);
    // The work outlives a shard that is gone: its report reaches the new one with a token that is still current.
    this.ctx.waitUntil(work);
    await work;
  }

  async #executeAndSettle(assignment: Assignment): Promise<void> {
    const { ports, settle } = composeConsumer(this.env);
    const outcome = await executeStep(assignment, ports);
    const { runId, stepKey, token } = assignment;
    await reportUntilSaved(async () => settle({ runId, stepKey, token, outcome }));
  }
}

async function reportUntilSaved(settle: () => Promise<RpcResult<unknown>>): Promise<void> {
  for (const delayMs of REPORT_DELAYS_MS) {
    if (await isSaved(settle)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
  if (!(await isSaved(settle))) {
    throw new UnavailableError("shard", "the outcome of an attempt could not be reported; it will be repeated");
  }
}

async function isSaved(settle: () => Promise<RpcResult<unknown>>): Promise<boolean> {
  try {
    return (await settle()).ok;
  } catch {
    // The shard was restarted while it was called.
    return false;
  }
}

/** The report of an attempt, as the consumer sends it. */
export type Settle = (report: SettleReport) => Promise<RpcResult<unknown>>;
