import { createConsoleLog } from "../adapters/console-log.ts";
import { createDirectSend, type Fetch } from "../adapters/http/direct-send.ts";
import { createHttpCall } from "../adapters/http/fetch-call.ts";
import { createOutboundSend } from "../adapters/http/outbound-send.ts";
import type { Send } from "../adapters/http/send.ts";
import { SYSTEM_CLOCK } from "../adapters/system-clock.ts";
import { signSignalUrl } from "../api/signals/proof.ts";
import { ConsumerFunction, type ConsumerParts } from "../consumer/consumer.ts";
import { shardOfRun } from "../domain/ids.ts";
import type { Env, Settings } from "../env.ts";
import { describeError } from "../runtime/log.ts";
import { requireSettings } from "./require-settings.ts";
import { shardStub } from "./shard-stub.ts";

/** The values of `content-encoding` that workerd undoes by itself: exactly these, in no other spelling. */
const DECODED_BY_WORKERD = new Set(["gzip", "br"]);

/** The consumer as it is deployed. */
export class StepConsumer extends ConsumerFunction {
  constructor(context: ExecutionContext, env: Env) {
    super(context, env, composeConsumer);
  }
}

function composeConsumer(env: Env): ConsumerParts {
  const settings = requireSettings(env);
  const log = createConsoleLog({});
  return {
    ports: {
      callHttp: createHttpCall({ send: createSend(settings), allowPrivateAddresses: settings.allowPrivateAddresses }),
      now: () => SYSTEM_CLOCK.now(),
      after: (delayMs, callback) => SYSTEM_CLOCK.after(delayMs, callback),
      makeSignalUrl: (made) => signSignalUrl(made, settings.signalUrls),
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

const viaRuntime: Fetch = async (url, init) => fetch(url, init);

function createSend(settings: Settings): Send {
  return settings.outboundUrl === null
    ? createDirectSend(viaRuntime, (coding) => DECODED_BY_WORKERD.has(coding))
    : createOutboundSend(settings.outboundUrl, settings, viaRuntime);
}
