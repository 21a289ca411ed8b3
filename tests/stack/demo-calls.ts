import { z } from "zod";

const countsSchema = z.object({ total: z.number(), mostAtOnce: z.number(), byKey: z.record(z.string(), z.number()) });

/** What the demo API was called: in all, at the same time at most, and by `Idempotency-Key`. */
export type DemoCalls = z.output<typeof countsSchema>;

/**
 * Reads what the demo API was called since the last time it forgot.
 *
 * @param demoUrl - Address of the demo API.
 * @returns The counts.
 */
export async function readDemoCalls(demoUrl: string): Promise<DemoCalls> {
  const response = await fetch(`${demoUrl}/calls`);
  return countsSchema.parse(await response.json());
}

/**
 * Makes the demo API forget what it was called.
 *
 * @param demoUrl - Address of the demo API.
 */
export async function forgetDemoCalls(demoUrl: string): Promise<void> {
  await fetch(`${demoUrl}/calls`, { method: "DELETE" });
}
