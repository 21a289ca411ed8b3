import { z } from "zod";
import type { JsonObject } from "../../src/domain/json.ts";
import type { TestStack } from "./test-stack.ts";

/** A run that waits for the signal `decision`. */
export interface WaitingRun {
  readonly id: string;
  /** The address that its step `ask` made, with the signal's name behind it. */
  readonly url: string;
}

const LINK = z.string();

/**
 * Makes a run that waits for a signal. The engine does not wait yet: the rows are written as it will write them.
 *
 * @param stack - The stack.
 * @param workflow - Name of the workflow.
 * @param schema - JSON Schema of the payload; null when anything goes.
 * @returns The run.
 */
export async function makeWaitingRun(
  stack: TestStack,
  workflow: string,
  schema: JsonObject | null,
): Promise<WaitingRun> {
  await stack.api.save({
    name: workflow,
    steps: [
      { id: "ask", type: "transform", with: '${{ run.signalUrl & "/decision" }}' },
      { id: "approve", type: "transform", with: null },
    ],
  });
  const { id } = await stack.api.runToEnd(workflow);
  const url = LINK.parse((await stack.api.step(id, "ask")).output);
  const parameters = { kind: "signal", name: "decision", timeout: null, schema };
  const root = { nodes: [{ id: "approve", type: "wait", with: parameters }] };
  const waitingFor = { ...parameters, until: "2100-01-01T00:00:00.000Z" };
  await stack.sql`
    update workflow_versions set plan = (plan::jsonb || ${JSON.stringify({ root })}::text::jsonb)::json
    where workflow = ${workflow}`;
  await stack.sql`
    update steps set status = 'WAITING', ended_at = null, waiting_for = ${JSON.stringify(waitingFor)}::text::json
    where run_id = ${id} and key = 'approve'`;
  await stack.sql`update runs set status = 'WAITING', ended_at = null where id = ${id}`;
  return { id, url };
}
