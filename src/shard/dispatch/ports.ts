import type { Commit } from "../../ledger/batch.ts";
import type { AttemptCapacity, Ledger } from "../../ledger/ledger.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Execute } from "./attempts.ts";
import type { Queue, QueueMessage } from "./queue.ts";

/** A message that PostgreSQL says should be there. */
export interface DueMessage extends QueueMessage {
  /** Whether it asks for an attempt. A deadline does not, and a lease that ran out only ends one. */
  readonly needsPlace: boolean;
}

/** What should be on a queue. */
export interface DueMessages {
  /** What is due, soon or already. */
  readonly due: readonly DueMessage[];
  /** What waits too long because the clock moved back, to be looked at now. */
  readonly strayed: readonly DueMessage[];
}

/** Finds in PostgreSQL what should be on the queue until an instant. */
export type FindDue = (now: Date, until: Date) => Promise<DueMessages>;

/** How a shard dispatches. */
export interface DispatchSettings {
  /** Attempts executed at the same time. */
  readonly concurrency: number;
  /** Consumer calls in one turn; then the shard goes on in a fresh invocation. */
  readonly callsInTurnMax: number;
  readonly leaseMs: number;
  /** Places for attempts that compute at the same time; a transform takes four, a call one. */
  readonly computingMax: number;
}

/** What a dispatcher needs from its surroundings. */
export interface DispatcherPorts {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly findDue: FindDue;
  /** Makes the ledger, which asks the dispatcher for room before each batch and tells it of each commit. */
  readonly openLedger: (capacity: AttemptCapacity) => Ledger;
  readonly execute: Execute;
  readonly log: Log;
  /** Sees to it that `wake` is called at an instant. */
  readonly wakeAt: (at: Date) => void;
  /** Sees to it that `newTurn` and `wake` are called soon, in a fresh invocation. */
  readonly wakeInNewTurn: () => void;
  /** Called with each commit, for live streams and those who wait for a run to end. */
  readonly onCommit: (commit: Commit) => void;
}
