import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startStack } from "../stack/stack.ts";
import type { Stack } from "../stack/stack.ts";
import { emptyReport } from "./bench-report.ts";
import type { BenchReport, Measured } from "./bench-report.ts";
import type { Bench } from "./bench.ts";
import { addFinishedRuns } from "./copy-runs.ts";
import { measureIdle } from "./idle.ts";
import { measureLimits } from "./limits.ts";
import { LoadGenerator } from "./load-generator.ts";
import { measureReads } from "./measure-reads.ts";
import { parseOptions, USAGE } from "./options.ts";
import type { BenchOptions } from "./options.ts";
import { renderReport } from "./print-report.ts";
import { TRANSFORM_RECIPE } from "./recipes.ts";
import { measureScenario, prepareScenarios, SCENARIOS } from "./scenarios.ts";
import { judgeSoak, measureSoak, renderSoak } from "./soak.ts";

const EXIT_USAGE = 2;
const EXIT_ENVIRONMENT = 3;
const EXIT_SIGNAL = 130;
const LOG_TAIL_CHARACTERS = 3_000;
/** Adding a hundred thousand runs is done in statements of a few seconds each. */
const STATEMENT_TIMEOUT_MS = 5 * 60_000;

const options = readOptions();
if (options !== null) {
  await main(options).catch((error: unknown) => {
    console.error(error instanceof Error ? error.stack : String(error));
    process.exitCode ??= 1;
  });
}

function readOptions(): BenchOptions | null {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exitCode = EXIT_USAGE;
    return null;
  }
}

/** `npm run bench`: a stack of its own in a temporary folder, measured and thrown away. */
async function main(chosen: BenchOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-bench-"));
  const stack = await startStack({ dataDir, redis: chosen.redis, workerVars: chosen.workerVars }).catch(
    (error: unknown) => {
      process.exitCode = EXIT_ENVIRONMENT;
      throw error;
    },
  );
  const load = new LoadGenerator();
  const sql = postgres(stack.info.databaseUrl, {
    max: 1,
    onnotice: () => undefined,
    connection: { statement_timeout: STATEMENT_TIMEOUT_MS },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stop(stack, dataDir).finally(() => process.exit(EXIT_SIGNAL)));
  }
  try {
    const bench = { stack, load, sql, scale: chosen.scale };
    if (chosen.soakMinutes > 0) {
      await soak(bench, chosen.soakMinutes);
      return;
    }
    const report = await measureAll(bench, chosen);
    console.log(`\n${renderReport(report).join("\n")}`);
    if (chosen.jsonPath !== null) writeFileSync(chosen.jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    printLogs(dataDir);
    throw error;
  } finally {
    load.close();
    await sql.end({ timeout: 5 });
    await stop(stack, dataDir);
  }
}

async function soak(bench: Bench, minutes: number): Promise<void> {
  progress(`starting runs for ${minutes} minutes`);
  const windows = await measureSoak(bench, minutes);
  console.log(`\n${renderSoak(windows).join("\n")}`);
  const problems = judgeSoak(windows);
  if (problems.length > 0) {
    console.error(`The memory of the Worker: ${problems.join("; ")}.`);
    process.exitCode = 1;
  }
}

/** The folder with the logs goes away, so what they say last is shown. */
function printLogs(dataDir: string): void {
  for (const name of ["worker.log", "postgres.log"]) {
    const text = readFileSync(join(dataDir, "log", name), "utf8");
    console.error(`---- end of ${name}\n${text.slice(-LOG_TAIL_CHARACTERS)}`);
  }
}

async function stop(stack: Stack, dataDir: string): Promise<void> {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function measureAll(bench: Bench, chosen: BenchOptions): Promise<BenchReport> {
  const { parts, preloadCount, isIdleChecked } = chosen;
  const report = emptyReport(bench.stack, chosen);
  progress("saving recipes, warming up");
  await prepareScenarios(bench);
  const limits = parts.has("limits") ? await measureTheLimits(bench) : null;
  const measured = await measureParts(bench, parts);
  const measuredFull = preloadCount === 0 ? [] : await measureFull(bench, parts, preloadCount);
  const reads = parts.has("reads") ? await measureAllReads(bench) : [];
  if (isIdleChecked) progress("watching the idle stack");
  const idle = isIdleChecked ? await measureIdle(bench) : null;
  return { ...report, limits, measured, measuredFull, reads, idle };
}

async function measureAllReads(bench: Bench): Promise<BenchReport["reads"]> {
  progress("measuring reads");
  return measureReads(bench);
}

async function measureTheLimits(bench: Bench): Promise<BenchReport["limits"]> {
  progress("measuring what the parts do alone");
  return measureLimits(bench);
}

async function measureParts(bench: Bench, parts: BenchOptions["parts"]): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const scenario of SCENARIOS.filter(({ part }) => parts.has(part))) {
    progress(`measuring ${scenario.name}`);
    const { name, title, kind } = scenario;
    measured.push({ name, title, kind, result: await measureScenario(bench, scenario) });
  }
  return measured;
}

async function measureFull(bench: Bench, parts: BenchOptions["parts"], count: number): Promise<readonly Measured[]> {
  progress(`adding ${count} finished runs`);
  await addFinishedRuns(bench.sql, TRANSFORM_RECIPE.name, count);
  return measureParts(bench, parts);
}

function progress(message: string): void {
  console.error(`... ${message}`);
}
