import { createConsoleLog } from "../adapters/console-log.ts";
import { ObjectClock } from "../adapters/object-clock.ts";
import { openApiDatabase } from "../adapters/postgres/api/api-database.ts";
import { openRuntimeSocket } from "../adapters/postgres/runtime-socket.ts";
import type { Env } from "../env.ts";
import { ReadsObject, type ReadsParts } from "../reads/reads.ts";
import { requireSettings } from "./require-settings.ts";

/** Few, so that the connections of the shards are never the slower ones: reads wait for each other, not starts for reads. */
const READ_LANES = 4;

const FIRST_LANES = 2;

/** Who has waited this long in vain is told to come back, in ms. */
const WAIT_MS_MAX = 5_000;

/** More could not be answered within that time. */
const WAITING_MAX = 1_000;

/** An object that idles this long closes its connections, in ms. */
const IDLE_MS = 10_000;

/** The reads object as it is deployed. */
export class Reads extends ReadsObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, composeReads);
  }
}

/** Nothing is connected before it is used. */
function composeReads(env: Env): ReadsParts {
  const { databaseUrl } = requireSettings(env);
  const limits = { callsPerLane: 1, waitingMax: WAITING_MAX, waitMsMax: WAIT_MS_MAX };
  return {
    database: openApiDatabase(
      { url: databaseUrl, openSocket: openRuntimeSocket },
      {
        reads: { lanes: READ_LANES, ...limits },
        first: { lanes: FIRST_LANES, ...limits },
        idleMs: IDLE_MS,
      },
      new ObjectClock(),
    ),
    log: createConsoleLog({ part: "reads" }),
  };
}
