import type { RunId } from "../domain/ids.ts";
import type { Event } from "../domain/run/event.ts";
import { isRunEnded, type RunStatus, type StepStatus } from "../domain/run/transitions.ts";
import type { Commit } from "../ledger/batch.ts";
import type { ShardCounters, WorkflowCounters } from "./rpc.ts";

/** Upper bounds of the buckets of step durations, in seconds. */
const STEP_SECONDS_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Workflows that are counted by name: each name is a series of every counter that has it as label. */
const WORKFLOWS_MAX = 50;

/** The name of all workflows beyond; no workflow can have it. */
const OTHER_WORKFLOWS = "_other";

class WorkflowCounts implements WorkflowCounters {
  runsCreated = 0;
  readonly runsEnded = new Map<RunStatus, number>();
  readonly attemptsEnded = new Map<StepStatus, number>();
  retries = 0;

  count(event: Event): void {
    if (event.step === null) {
      this.runsCreated += event.type === "RUN_CREATED" ? 1 : 0;
      if (event.to !== null && isRunEnded(event.to)) {
        increment(this.runsEnded, event.to);
      }
      return;
    }
    this.retries += event.to === "RETRYING" ? 1 : 0;
    // An attempt is over when its step leaves RUNNING; that it then goes from FAILED to RETRYING is the same attempt.
    if (event.from === "RUNNING" && event.to !== null) {
      increment(this.attemptsEnded, event.to);
    }
  }

  snapshot(): WorkflowCounters {
    const { runsCreated, runsEnded, attemptsEnded, retries } = this;
    return { runsCreated, runsEnded: new Map(runsEnded), attemptsEnded: new Map(attemptsEnded), retries };
  }
}

/** Counts what a shard commits. */
export class CommitCounters {
  readonly #workflows = new Map<string, WorkflowCounts>();
  readonly #stepCounts: number[] = [...STEP_SECONDS_BOUNDARIES, Infinity].map(() => 0);
  #leaseLosses = 0;
  #stepSecondsSum = 0;

  /** Takes a commit. */
  count(commit: Commit): void {
    const names = new Map<RunId, string>(commit.runs.map((run) => [run.id, run.workflow]));
    for (const event of commit.events) {
      this.#leaseLosses += event.type === "LATE_RESULT" ? 1 : 0;
      this.#workflow(names.get(event.runId) ?? OTHER_WORKFLOWS).count(event);
    }
    for (const durationMs of commit.attemptDurationsMs) {
      this.#observe(durationMs / 1000);
    }
  }

  /** The counts so far. */
  snapshot(): ShardCounters {
    return {
      workflows: new Map(Array.from(this.#workflows, ([name, counts]) => [name, counts.snapshot()])),
      leaseLosses: this.#leaseLosses,
      stepSeconds: {
        boundaries: STEP_SECONDS_BOUNDARIES,
        counts: [...this.#stepCounts],
        sum: this.#stepSecondsSum,
      },
    };
  }

  #workflow(name: string): WorkflowCounts {
    const known = this.#workflows.get(name);
    if (known !== undefined) {
      return known;
    }
    const label = this.#workflows.size < WORKFLOWS_MAX ? name : OTHER_WORKFLOWS;
    const counts = this.#workflows.get(label) ?? new WorkflowCounts();
    this.#workflows.set(label, counts);
    return counts;
  }

  #observe(seconds: number): void {
    const bucket = STEP_SECONDS_BOUNDARIES.findIndex((boundary) => seconds <= boundary);
    const index = bucket === -1 ? STEP_SECONDS_BOUNDARIES.length : bucket;
    this.#stepCounts[index] = (this.#stepCounts[index] ?? 0) + 1;
    this.#stepSecondsSum += seconds;
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
