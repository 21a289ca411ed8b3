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
 * Starts a run that waits for a signal, and waits until it does.
 *
 * @param stack - The stack.
 * @param workflow - Name of the workflow.
 * @param schema - JSON Schema of the payload.
 * @returns The run.
 */
export async function startWaitingRun(stack: TestStack, workflow: string, schema: JsonObject): Promise<WaitingRun> {
  await stack.api.save({
    name: workflow,
    steps: [
      { id: "ask", type: "transform", with: '${{ run.signalUrl & "/decision" }}' },
      { id: "approve", type: "wait", with: { signal: "decision", timeout: "30d", schema } },
    ],
  });
  const { id } = await stack.api.start(workflow);
  await stack.untilStep(id, "approve", "WAITING");
  return { id, url: LINK.parse((await stack.api.step(id, "ask")).output) };
}
