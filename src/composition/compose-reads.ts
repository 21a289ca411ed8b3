import { createConsoleLog } from "../adapters/console-log.ts";
import { ObjectClock } from "../adapters/object-clock.ts";
import { openApiDatabase } from "../adapters/postgres/api/api-database.ts";
import { openRuntimeSocket } from "../adapters/postgres/runtime-socket.ts";
import type { Log } from "../dispatch/log.ts";
import type { Env } from "../env.ts";
import type { ApiDatabase } from "../functions/api/ports/api-database.ts";
import { requireSettings } from "./require-settings.ts";

/** What a reads object is made of. */
export interface ReadsParts {
  readonly database: ApiDatabase;
  readonly log: Log;
}

/** Few, so that the connections of the shards are never the slower ones: reads wait for each other, not starts for reads. */
const READ_LANES = 4;

const FIRST_LANES = 2;

/** Who has waited this long in vain is told to come back, in ms. */
const WAIT_MS_MAX = 5_000;

/** More could not be answered within that time. */
const WAITING_MAX = 1_000;

/** An object that idles this long closes its connections, in ms. */
const IDLE_MS = 10_000;

/**
 * Puts a reads object together.
 *
 * @param env - Bindings and variables.
 * @returns Its parts. Nothing is connected before it is used.
 */
export function composeReads(env: Env): ReadsParts {
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
