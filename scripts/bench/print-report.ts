import type { BenchReport, Measured } from "./bench-report.ts";
import type { IdleReport } from "./idle.ts";
import type { MachineLimits } from "./limits.ts";
import type { RunMeasurement } from "./measure-runs.ts";
import { otherCpuShare, ownCpuMs, PROCESS_NAMES } from "./process-usage.ts";
import { compareWithTargets, isMet, slowdownPercent } from "./targets.ts";
import { formatNumber, layOutTable } from "./text-table.ts";

/** Above this share of the machine, other programs are felt in the rates. */
const OTHER_SHARE_MAX = 0.1;

/**
 * Writes a report for people.
 *
 * @param report - What was measured.
 * @returns Lines of text.
 */
export function renderReport(report: BenchReport): readonly string[] {
  const { machine, limits, idle, measured, measuredFull, preloadCount } = report;
  const load = `load before ${machine.loadBefore.toFixed(1)}`;
  return [
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}, ${load}; ${machine.parts.join("; ")}`,
    ...section("Speed on near-empty tables", renderSpeed(measured)),
    ...section(
      "CPU in ms per run, by process; share of the machine that other programs used",
      renderCpu(report, measured),
    ),
    ...renderRetries(measured),
    ...section(`Speed after ${formatNumber(preloadCount)} finished runs were added`, renderSpeed(measuredFull)),
    ...section("What full tables change", renderChanges(report)),
    ...section("Reads, one after the other", renderReads(report)),
    ...section("What the parts do alone on this machine", limits === null ? [] : renderLimits(limits)),
    ...section("Idle", idle === null ? [] : renderIdle(idle)),
    ...section("Targets", renderTargets(report)),
    ...renderDoubt(report),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length <= 1 ? [] : ["", title, ...lines];
}

function renderSpeed(entries: readonly Measured[]): readonly string[] {
  const headers = [
    "",
    "runs",
    "steps/s",
    "runs/s",
    "starts/s",
    "run p50",
    "p95",
    "p99 ms",
    "answer p50",
    "p95",
    "p99 ms",
  ];
  const rows = entries.map(({ name, result }) => {
    const { runMs, answerMs } = result;
    const rates = [result.stepsPerSecond, result.runsPerSecond, result.startsPerSecond];
    const times = [runMs.p50, runMs.p95, runMs.p99, answerMs.p50, answerMs.p95, answerMs.p99];
    return [name, String(result.runCount), ...rates.map(formatNumber), ...times.map(formatNumber)];
  });
  const legend = entries.map(({ name, title, kind }) => {
    const how = kind === "burst" ? "all started at once" : "each run when the one before has ended, ?wait=";
    return `  ${name}: ${title}; ${how}`;
  });
  return [...layOutTable(headers, rows), ...legend];
}

function renderReads({ reads }: BenchReport): readonly string[] {
  const rows = reads.map(({ name, count, answerMs }) => {
    const times = [answerMs.p50, answerMs.p95, answerMs.p99];
    return [name, String(count), ...times.map(formatNumber)];
  });
  return layOutTable(["", "requests", "answer p50", "p95", "p99 ms"], rows);
}

function renderCpu({ machine }: BenchReport, entries: readonly Measured[]): readonly string[] {
  const headers = ["", ...PROCESS_NAMES, "all", "others", "steps/s at most", "workerd peak MiB"];
  const rows = entries.flatMap(({ name, result }) => {
    const { cpuMs, runCount, stepCount, peakMemoryMib } = result;
    if (cpuMs === null) return [];
    const ourMs = PROCESS_NAMES.map((process) => cpuMs[process]);
    const totalMs = ownCpuMs(cpuMs);
    const otherShare = otherCpuShare(cpuMs, machine.cores);
    const perRun = [...ourMs, totalMs].map((ms) => (ms / runCount).toFixed(2));
    // workerd serves one Worker on one thread, whatever the cores.
    const busiestMs = Math.max(cpuMs.workerd, totalMs / machine.cores);
    const bound = formatNumber((stepCount / busiestMs) * 1000);
    return [[name, ...perRun, `${(otherShare * 100).toFixed(0)} %`, bound, (peakMemoryMib ?? 0).toFixed(0)]];
  });
  return layOutTable(headers, rows);
}

function renderRetries(entries: readonly Measured[]): readonly string[] {
  const [none, two] = ["flaky-0", "flaky-2"].map((name) => entries.find((entry) => entry.name === name)?.result);
  if (none === undefined || two === undefined) return [];
  const perRunMs = two.answerMs.p50 - none.answerMs.p50;
  return [
    "",
    `Two failed tries add ${formatNumber(perRunMs)} ms to a run (p50), of which 2 ms are the waits asked for.`,
  ];
}

function renderChanges({ measured, measuredFull }: BenchReport): readonly string[] {
  const rows = measuredFull.flatMap((full) => {
    const empty = measured.find(({ name }) => name === full.name);
    if (empty === undefined) return [];
    return [[full.name, slowdownPercent(empty, full).toFixed(1), moreCpuPercent(empty.result, full.result)]];
  });
  return layOutTable(["", "% slower", "% more CPU"], rows);
}

function moreCpuPercent(empty: RunMeasurement, full: RunMeasurement): string {
  if (empty.cpuMs === null || full.cpuMs === null) return "";
  const ratio = ownCpuMs(full.cpuMs) / full.runCount / (ownCpuMs(empty.cpuMs) / empty.runCount);
  return ((ratio - 1) * 100).toFixed(1);
}

function renderLimits(limits: MachineLimits): readonly string[] {
  const { postgres, redisRequestsPerSecond, redisCommandsPerSecond, workerRequestsPerSecond } = limits;
  const steps = postgres.steps.map(({ batchSize, commitsPerSecond, stepsPerSecond }) => [
    `PostgreSQL: the writes of a step, ${batchSize} in a commit`,
    formatNumber(commitsPerSecond),
    "commits/s",
    `${formatNumber(stepsPerSecond)} steps/s`,
  ]);
  const rows = [
    ["PostgreSQL: one small row in a commit", formatNumber(postgres.smallCommitsPerSecond), "commits/s", ""],
    ...steps,
    ["Redis over REST: one ZADD in a request", formatNumber(redisRequestsPerSecond), "commands/s", ""],
    ["Redis over REST: 64 ZADD in a pipeline", formatNumber(redisCommandsPerSecond), "commands/s", ""],
    ["Worker: GET /api/health", formatNumber(workerRequestsPerSecond), "requests/s", ""],
  ];
  return layOutTable(["", "rate", "", ""], rows);
}

function renderIdle(idle: IdleReport): readonly string[] {
  return [
    `In ${idle.windowSeconds} s without work: ${idle.transactionCount} transactions in PostgreSQL, ${idle.redisCommandCount} commands`,
    `in ${idle.redisRequestCount} requests to Redis, all within ${idle.busySecondCount} of the seconds; workerd used ${idle.workerdCpuMs ?? "?"} ms of CPU.`,
  ];
}

function renderTargets(report: BenchReport): readonly string[] {
  const rows = compareWithTargets(report).map((row) => [
    row.name,
    formatNumber(row.measured),
    `${row.isMoreBetter ? ">=" : "<="} ${formatNumber(row.target)}`,
    row.unit,
    row.unit === "% slower" ? "" : `${(row.measured / row.target).toFixed(2)}x`,
    isMet(row) ? "met" : "MISSED",
  ]);
  return layOutTable(["", "measured", "target", "", "measured/target", ""], rows);
}

function renderDoubt({ machine, measured, measuredFull }: BenchReport): readonly string[] {
  const disturbed = [...measured, ...measuredFull].filter(
    ({ result }) => result.cpuMs !== null && otherCpuShare(result.cpuMs, machine.cores) > OTHER_SHARE_MAX,
  );
  if (disturbed.length === 0) return [];
  const names = [...new Set(disturbed.map(({ name }) => name))].join(", ");
  return [
    "",
    `Other programs used more than ${OTHER_SHARE_MAX * 100} % of the machine during: ${names}. Measure these again.`,
  ];
}
