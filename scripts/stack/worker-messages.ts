import { z } from "zod";

/** What the host process prints once the Worker listens. */
export const HOST_READY = "The Worker listens.";

/** What the host process is told to run. */
export const hostSettingsSchema = z.object({
  entryPath: z.string().nullable(),
  bundlePath: z.string(),
  storageDir: z.string(),
  port: z.number(),
  controlPort: z.number(),
  vars: z.record(z.string(), z.string()),
});

/** What the host process tells the stack: the crons of `wrangler.toml` once, and each restart of a runtime that died. */
export const hostMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("started"), crons: z.array(z.string()).readonly() }),
  z.object({ kind: z.literal("restarted") }),
]);

/** A message of the host process. */
export type HostMessage = z.infer<typeof hostMessageSchema>;
