import { createConsoleLog } from "../adapters/console-log.ts";
import { createHttpCall } from "../adapters/http/fetch-call.ts";
import { SYSTEM_CLOCK } from "../adapters/system-clock.ts";
import { describeError } from "../dispatch/log.ts";
import { shardOfRun } from "../domain/ids.ts";
import type { Env } from "../env.ts";
import type { Settle } from "../functions/consumer.ts";
import type { StepPorts } from "../steps/ports.ts";
import { requireSettings } from "./require-settings.ts";
import { shardStub } from "./shard-stub.ts";

/**
 * Puts together what one invocation of the consumer needs.
 *
 * @param env - Bindings and variables.
 * @returns What steps need from outside, and the way to report outcomes.
 */
export function composeConsumer(env: Env): { readonly ports: StepPorts; readonly settle: Settle } {
  const settings = requireSettings(env);
  const log = createConsoleLog({});
  return {
    ports: {
      callHttp: createHttpCall({
        fetch: async (url, init) => fetch(url, init),
        allowPrivateAddresses: settings.allowPrivateAddresses,
      }),
      now: () => SYSTEM_CLOCK.now(),
      reportUnexpected: (error) => {
        log.warn("a step stopped on an unexpected error", { error: describeError(error) });
      },
    },
    settle: async (report) => {
      const shard = shardOfRun(report.runId);
      return shardStub(env, shard).settle(shard, report);
    },
  };
}
