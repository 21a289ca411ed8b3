import { createRunId, type RunId } from "../../src/domain/ids.ts";
import type { ReadBack, SaveRequest } from "../../src/ledger/ports.ts";
import { START } from "../support/ids.ts";
import { MemoryDatabase } from "../support/memory-database.ts";
import { MemoryQueue } from "../support/memory-queue.ts";
import { findWrongRows } from "./commit-watch.ts";
import { FaultPlan } from "./fault-plan.ts";
import { Recorder } from "./recorder.ts";
import type { Schedule } from "./schedule.ts";
import { Scheduler } from "./scheduler.ts";

/** All that is outside of shards: rows, queue, the APIs that steps call, time, and what goes wrong with them. */
export class Outside {
  readonly scheduler = new Scheduler();
  readonly database = new MemoryDatabase();
  readonly queue = new MemoryQueue();
  readonly recorder = new Recorder();
  readonly faults: FaultPlan;
  /** What must not happen to anything; one sentence each. */
  readonly surprises: string[] = [];
  readonly trace: string[] | null;
  /** Calls to PostgreSQL and Redis that are sent and have not arrived. */
  sentCount = 0;
  /** How far the clocks of all machines were set from the time that has passed, in ms. */
  clocksSetMs = 0;

  constructor(schedule: Schedule, isTraced: boolean) {
    this.faults = new FaultPlan(schedule);
    this.trace = isTraced ? [] : null;
    this.queue.flush();
  }

  /** What a clock shows that goes a little wrong, by so many ms. */
  now(skewMs = 0): Date {
    return new Date(START.getTime() + Math.floor(this.scheduler.nowMs) + this.clocksSetMs + skewMs);
  }

  /** Writes a line of the trace, if there is one. */
  note(line: () => string): void {
    this.trace?.push(`${this.scheduler.nowMs.toFixed(1).padStart(10)} ${line()}`);
  }

  /** Commits a transaction, and looks at the rows that it leaves. */
  commit(request: SaveRequest, transaction: symbol): ReadBack {
    const read = this.database.commit(request, transaction);
    this.recorder.noteBegun(request);
    this.surprises.push(...findWrongRows(request, this.database));
    return read;
  }

  /** A run id as the API makes one, of shard 0. */
  newRunId(): RunId {
    const draws = this.faults.drawsFor("run id");
    return createRunId(
      this.now(),
      0,
      Uint8Array.from({ length: 8 }, () => draws.between(0, 255)),
    );
  }
}
