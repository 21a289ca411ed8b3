import type { RunStatus } from "../../domain/run/transitions.ts";

/** Which span of time, in how fine buckets. */
export interface StatsRequest {
  readonly from: Date;
  readonly bucketMs: number;
}

/** Runs that were created in one bucket and are in one state now. */
export interface BucketCount {
  /** Number of the bucket, from 0 at `from`. */
  readonly bucket: number;
  readonly status: RunStatus;
  readonly count: number;
}

/** Runs in a state, up to a bound. */
export interface StatusCount {
  readonly status: RunStatus;
  readonly count: number;
}

/** Figures about the runs of a span of time. */
export interface RunStats {
  readonly counts: readonly BucketCount[];
  /** From the first attempt to the end, of completed runs; null when there are none. */
  readonly durationMs: { readonly p50: number; readonly p95: number } | null;
  /** There are more runs than are counted: these figures are of the newest ones. */
  readonly isPartial: boolean;
}

/** What the API counts. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface StatsReads {
  /** Counts the newest runs of a span, at most 100,000. */
  read(request: StatsRequest): Promise<RunStats>;
  /** Counts the runs that have not ended, at most 100,000. */
  countActive(): Promise<readonly StatusCount[]>;
}
