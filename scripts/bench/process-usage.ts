import { readFileSync } from "node:fs";
import { listProcesses } from "../stack/processes.ts";
import type { Stack } from "../stack/stack.ts";

/** Linux counts CPU in ticks of a hundredth of a second, on every architecture that Node runs on. */
const MS_PER_TICK = 10;

/** The processes of a benchmark. `stack` is the one with the Redis gateway and the demo API. */
export const PROCESS_NAMES = ["workerd", "postgres", "redis", "stack", "load"] as const;

/** One process of a benchmark, or PostgreSQL with all its processes. */
export type ProcessName = (typeof PROCESS_NAMES)[number];

/**
 * CPU that each process has used, in ms; `machine`: what all processes of the machine have used, ours included;
 * `wall`: the time it was.
 */
export type CpuUsage = Readonly<Record<ProcessName | "machine" | "wall", number>>;

/** The process ids of a benchmark; null for what is not there. */
export type ProcessIds = Readonly<Record<ProcessName, number | null>>;

/**
 * Gives the process ids of a benchmark.
 *
 * @param stack - The running stack.
 * @param loadPid - The load generator's.
 * @returns The ids as of now: killing the Worker changes them.
 */
export function processIdsOf(stack: Stack, loadPid: number | null): ProcessIds {
  const { workerd, postgres, redis, stack: stackPid } = stack.info.pids;
  return { workerd, postgres, redis, stack: stackPid, load: loadPid };
}

/**
 * Reads what each process has used of the CPU since it started.
 *
 * @param pids - The processes.
 * @returns The usage; null where there is no `/proc`.
 */
export function readCpuUsage(pids: ProcessIds): CpuUsage | null {
  if (process.platform !== "linux") return null;
  return {
    workerd: readOwnMs(pids.workerd),
    postgres: readFamilyMs(pids.postgres),
    redis: readOwnMs(pids.redis),
    stack: readOwnMs(pids.stack),
    load: readOwnMs(pids.load),
    machine: readMachineMs(),
    wall: performance.now(),
  };
}

/**
 * Subtracts two readings.
 *
 * @param before - The earlier one.
 * @param after - The later one.
 * @returns What was used between them; null when either is.
 */
export function cpuBetween(before: CpuUsage | null, after: CpuUsage | null): CpuUsage | null {
  if (before === null || after === null) return null;
  return {
    workerd: after.workerd - before.workerd,
    postgres: after.postgres - before.postgres,
    redis: after.redis - before.redis,
    stack: after.stack - before.stack,
    load: after.load - before.load,
    machine: after.machine - before.machine,
    wall: after.wall - before.wall,
  };
}

/**
 * Adds up what the processes of the benchmark used.
 *
 * @param cpuMs - Usage between two readings.
 * @returns CPU in ms.
 */
export function ownCpuMs(cpuMs: CpuUsage): number {
  return PROCESS_NAMES.reduce((sum, name) => sum + cpuMs[name], 0);
}

/**
 * Gives the share of the machine that other programs used.
 *
 * @param cpuMs - Usage between two readings.
 * @param cores - Cores of the machine.
 * @returns From 0 to 1.
 */
export function otherCpuShare(cpuMs: CpuUsage, cores: number): number {
  return Math.min(1, Math.max(0, cpuMs.machine - ownCpuMs(cpuMs)) / (cpuMs.wall * cores));
}

/**
 * Reads the memory that a process has now.
 *
 * @param pid - The process.
 * @returns MiB of resident memory; null where there is no `/proc`.
 */
export function readMemoryMib(pid: number | null): number | null {
  return readStatusMib(pid, "VmRSS");
}

/**
 * Reads the most memory that a process has had.
 *
 * @param pid - The process.
 * @returns MiB of resident memory at its peak; null where there is no `/proc`.
 */
export function readPeakMemoryMib(pid: number | null): number | null {
  return readStatusMib(pid, "VmHWM");
}

function readStatusMib(pid: number | null, name: "VmRSS" | "VmHWM"): number | null {
  if (pid === null || process.platform !== "linux") return null;
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((text) => text.startsWith(`${name}:`));
  return line === undefined ? null : Number.parseInt(line.slice(name.length + 1), 10) / 1024;
}

interface Ticks {
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

function readTicks(pid: number): Ticks {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; `state` is the third field, `utime` the fourteenth.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { own: user + system, ended: endedUser + endedSystem };
  } catch {
    // It has ended, and its parent counts it as such.
    return { own: 0, ended: 0 };
  }
}

function readOwnMs(pid: number | null): number {
  return pid === null ? 0 : readTicks(pid).own * MS_PER_TICK;
}

/** PostgreSQL has a process for each connection; those that have ended are counted by their parent. */
function readFamilyMs(pid: number | null): number {
  if (pid === null) return 0;
  const parent = readTicks(pid);
  const children = listProcesses().filter(({ parentPid }) => parentPid === pid);
  const childTicks = children.reduce((sum, child) => sum + readTicks(child.pid).own, 0);
  return (parent.own + parent.ended + childTicks) * MS_PER_TICK;
}

function readMachineMs(): number {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.trim().split(/\s+/u).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) * MS_PER_TICK;
}
