import type { RunEventDraft, StepEventDraft } from "../domain/run/event.ts";
import { isRunEnded, type StepStatus } from "../domain/run/transitions.ts";
import type { Commit } from "../ledger/batch.ts";

/** Upper bounds of the buckets of step durations, in seconds. */
const STEP_SECONDS_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** What a shard has counted since it woke; a restart begins at zero, as Prometheus expects of counters. */
export interface ShardCounters {
  readonly runsCreated: number;
  /** By the state they ended in. */
  readonly runsEnded: Readonly<Record<string, number>>;
  /** By what they came to: FAILED counts every failed attempt, RETRYING those that are tried again. */
  readonly attemptsEnded: Readonly<Record<string, number>>;
  /** Results that came after their attempt had lost its lease. */
  readonly leaseLosses: number;
  /** From the begin of an attempt to its outcome. `counts` has one number a boundary and one for all above. */
  readonly stepSeconds: {
    readonly boundaries: readonly number[];
    readonly counts: readonly number[];
    readonly sum: number;
  };
}

const ENDED_ATTEMPTS: ReadonlySet<StepStatus> = new Set(["COMPLETED", "FAILED", "RETRYING", "SKIPPED", "CANCELED"]);

/** Counts what a shard commits. */
export class CommitCounters {
  readonly #runsEnded: Record<string, number> = {};
  readonly #attemptsEnded: Record<string, number> = {};
  readonly #stepCounts: number[] = [...STEP_SECONDS_BOUNDARIES, Infinity].map(() => 0);
  #runsCreated = 0;
  #leaseLosses = 0;
  #stepSecondsSum = 0;

  /** Takes a commit. */
  count(commit: Commit): void {
    for (const event of commit.events) {
      if (event.step === null) {
        this.#countRun(event);
      } else {
        this.#countStep(event);
      }
    }
    for (const durationMs of commit.attemptDurationsMs) {
      this.#observe(durationMs / 1000);
    }
  }

  /** The counts so far. */
  snapshot(): ShardCounters {
    return {
      runsCreated: this.#runsCreated,
      runsEnded: { ...this.#runsEnded },
      attemptsEnded: { ...this.#attemptsEnded },
      leaseLosses: this.#leaseLosses,
      stepSeconds: {
        boundaries: STEP_SECONDS_BOUNDARIES,
        counts: [...this.#stepCounts],
        sum: this.#stepSecondsSum,
      },
    };
  }

  #countRun({ type, to }: RunEventDraft): void {
    this.#runsCreated += type === "RUN_CREATED" ? 1 : 0;
    if (to !== null && isRunEnded(to)) {
      increment(this.#runsEnded, to);
    }
  }

  #countStep({ type, to }: StepEventDraft): void {
    this.#leaseLosses += type === "LATE_RESULT" ? 1 : 0;
    if (to !== null && ENDED_ATTEMPTS.has(to)) {
      increment(this.#attemptsEnded, to);
    }
  }

  #observe(seconds: number): void {
    const bucket = STEP_SECONDS_BOUNDARIES.findIndex((boundary) => seconds <= boundary);
    const index = bucket === -1 ? STEP_SECONDS_BOUNDARIES.length : bucket;
    this.#stepCounts[index] = (this.#stepCounts[index] ?? 0) + 1;
    this.#stepSecondsSum += seconds;
  }
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
