import { Miniflare } from "miniflare";
import { bundleWorker } from "./bundle-worker.ts";
import { provideOutboundUrl } from "./outbound/outbound-server.ts";
import { HOST_READY, hostSettingsSchema } from "./worker-messages.ts";
import type { HostMessage } from "./worker-messages.ts";
import { readWorkerConfig, workerOptions } from "./worker-options.ts";

const EXIT_RUNTIME_LOST = 1;

/**
 * Most of what a step makes is a small object of JavaScript that holds far more memory outside of its heap, which V8 does
 * not see. A small nursery is collected often, so that less of it waits. Miniflare reads the flags from the environment.
 */
process.env["MINIFLARE_WORKERD_V8_FLAGS"] ??= "--max-semi-space-size=4";

/**
 * Runs the Worker in Miniflare, as a process of its own: Miniflare restarts a runtime that died, but throws errors that
 * nobody can catch when it dies once more while it starts. Then this process ends, and the supervisor starts a new one.
 */
process.once("message", (message) => {
  run(message).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(EXIT_RUNTIME_LOST);
  });
});
// Without the stack there is nobody to stop this process.
process.once("disconnect", () => process.exit(EXIT_RUNTIME_LOST));

async function run(message: unknown): Promise<void> {
  const settings = hostSettingsSchema.parse(message);
  const { entryPath, crons, alias } = readWorkerConfig();
  await bundleWorker(settings.entryPath ?? entryPath, settings.bundlePath, alias);
  // In this process, beside the runtime, which ends with it.
  const outboundUrl = await provideOutboundUrl(settings.vars["OUTBOUND_URL"]);
  const vars = { ...settings.vars, OUTBOUND_URL: outboundUrl };
  const options = workerOptions(
    { ...settings, vars },
    {
      onRestarted: () => tell({ kind: "restarted" }),
      onError: (text) => {
        console.error(text);
        if (text.includes("failed to restart")) {
          process.exit(EXIT_RUNTIME_LOST);
        }
      },
    },
  );
  await new Miniflare(options).ready;
  tell({ kind: "started", crons });
  console.log(HOST_READY);
}

function tell(message: HostMessage): void {
  process.send?.(message);
}
