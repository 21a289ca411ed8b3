import { availableParallelism, cpus, loadavg } from "node:os";
import type { Stack } from "../stack/stack.ts";
import type { IdleReport } from "./idle.ts";
import type { MachineLimits } from "./limits.ts";
import type { ReadMeasurement } from "./measure-reads.ts";
import type { RunMeasurement } from "./measure-runs.ts";
import type { BenchOptions } from "./options.ts";
import type { Scenario } from "./scenarios.ts";

/** A scenario and what its runs came to. */
export interface Measured extends Pick<Scenario, "name" | "title" | "kind"> {
  readonly result: RunMeasurement;
}

/** What the numbers were measured on. */
export interface MachineInfo {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  /** PostgreSQL and Redis, one sentence each. */
  readonly parts: readonly string[];
  /** Runnable processes in the minute before the benchmark: others than ours make the numbers worse. */
  readonly loadBefore: number;
}

/** Everything that one benchmark found. */
export interface BenchReport {
  readonly startedAt: string;
  readonly machine: MachineInfo;
  readonly scale: number;
  readonly workerVars: Readonly<Record<string, string>>;
  /** On near-empty tables. */
  readonly measured: readonly Measured[];
  readonly preloadCount: number;
  /** The same after `preloadCount` finished runs were added; empty without. */
  readonly measuredFull: readonly Measured[];
  /** Reads over the API, on tables as full as the report has them. */
  readonly reads: readonly ReadMeasurement[];
  readonly limits: MachineLimits | null;
  readonly idle: IdleReport | null;
}

/**
 * Begins a report.
 *
 * @param stack - The running stack.
 * @param options - What was asked for.
 * @returns A report without measurements.
 */
export function emptyReport(stack: Stack, options: BenchOptions): BenchReport {
  return {
    startedAt: new Date().toISOString(),
    machine: {
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? "unknown",
      node: process.version,
      parts: stack.descriptions,
      loadBefore: loadavg()[0] ?? 0,
    },
    scale: options.scale,
    workerVars: options.workerVars,
    measured: [],
    preloadCount: options.preloadCount,
    measuredFull: [],
    reads: [],
    limits: null,
    idle: null,
  };
}
