import { z } from "zod";

const loadJobSchema = z.object({
  url: z.string(),
  method: z.enum(["GET", "POST"]),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  count: z.number(),
  connections: z.number(),
  perSecond: z.number().optional(),
  timeoutMs: z.number(),
});

const loadResultSchema = z.object({
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  latenciesMs: z.array(z.number()),
  failureCount: z.number(),
  firstFailure: z.string().nullable(),
});

/** One request to be sent many times: `perSecond` a second, or each as soon as a connection is free. */
export type LoadJob = Readonly<z.infer<typeof loadJobSchema>>;

/** What came of it. Instants are epoch ms; requests that got no 2xx are failures and have no latency. */
export type LoadResult = Readonly<z.infer<typeof loadResultSchema>>;

/**
 * Checks what the load generator got from its parent.
 *
 * @param message - A message between the processes.
 * @returns The job. Throws when it is something else.
 */
export function parseLoadJob(message: unknown): LoadJob {
  return loadJobSchema.parse(message);
}

/**
 * Checks what the load generator answered.
 *
 * @param message - A message between the processes.
 * @returns The result. Throws when it is something else.
 */
export function parseLoadResult(message: unknown): LoadResult {
  return loadResultSchema.parse(message);
}
