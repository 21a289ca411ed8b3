import type { Clock } from "../../../runtime/clock.ts";
import type { PostgresServer } from "../client.ts";
import { type ApiSql, Lane } from "./lane.ts";
import { Turnstile, type TurnstileLimits } from "./turnstile.ts";

/** The connections of one kind of call. */
export interface LaneLimits extends Omit<TurnstileLimits, "atOnceMax"> {
  readonly lanes: number;
  /** Calls that share a connection; their statements are pipelined. */
  readonly callsPerLane: number;
}

/** How the connections of an `ApiDatabase` are kept. */
export interface ApiConnections {
  readonly reads: LaneLimits;
  /** For what must not wait behind reads: keys, changes, health. */
  readonly first: LaneLimits;
  /** A connection that was not used for this long is closed. */
  readonly idleMs: number;
}

/** Runs statements on the next free connection of its kind. Throws `UnavailableError` as a port of the API does. */
export type RunOnLane = <Value>(work: (db: ApiSql) => Promise<Value>) => Promise<Value>;

/** The two kinds of calls. */
export interface ApiCalls {
  /** What people look at; any number of them must not keep the others waiting. */
  readonly read: RunOnLane;
  /** What a start, a change or an alarm waits for. */
  readonly first: RunOnLane;
}

/**
 * Makes the connections of an `ApiDatabase`; each is opened by the first call that takes it.
 *
 * @param server - Where PostgreSQL is.
 * @param connections - How many there are, and for whom.
 * @param clock - Time.
 * @returns The ways to run statements on them.
 */
export function openLanes(server: PostgresServer, connections: ApiConnections, clock: Clock): ApiCalls {
  const { reads, first, idleMs } = connections;
  function open({ lanes: laneCount, callsPerLane, waitingMax, waitMsMax }: LaneLimits): RunOnLane {
    const turnstile = new Turnstile({ atOnceMax: laneCount * callsPerLane, waitingMax, waitMsMax }, clock);
    const firstLane = new Lane(server, { clock, idleMs });
    const lanes = [firstLane, ...Array.from({ length: laneCount - 1 }, () => new Lane(server, { clock, idleMs }))];
    return async (work) =>
      turnstile.pass(async () => {
        const idlest = lanes.reduce((best, lane) => (lane.callCount < best.callCount ? lane : best), firstLane);
        return idlest.run(work);
      });
  }
  return { read: open(reads), first: open(first) };
}
