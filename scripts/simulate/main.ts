import { describeSchedule } from "../../tests/simulation/describe-schedule.ts";
import { drawSchedule } from "../../tests/simulation/draw-schedule.ts";
import type { Schedule } from "../../tests/simulation/schedule.ts";
import { shrinkSchedule } from "../../tests/simulation/shrink-schedule.ts";
import { simulate, type Verdict } from "../../tests/simulation/simulate.ts";
import { parseOptions, type SimulateOptions, USAGE } from "./options.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Failures that are shrunk and shown; of the others only the seeds are listed. */
const SHOWN_MAX = 3;

/** A progress line so often, in ms. */
const PROGRESS_MS = 10_000;

const options = readOptions();
if (options !== null) {
  process.exitCode = (await simulateAll(options)) ? 0 : EXIT_FAILED;
}

function readOptions(): SimulateOptions | null {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = EXIT_USAGE;
    return null;
  }
}

/** Lives all schedules; tells whether all went well. */
async function simulateAll({ from, count, isTraced }: SimulateOptions): Promise<boolean> {
  const beganMs = performance.now();
  const failed: number[] = [];
  const sums = { runs: 0, calls: 0, events: 0 };
  let toldMs = beganMs;
  for (let seed = from; seed < from + count; seed += 1) {
    const schedule = drawSchedule(seed);
    const verdict = await simulate(schedule, { isTraced });
    sums.runs += verdict.runCount;
    sums.calls += verdict.callCount;
    sums.events += verdict.eventCount;
    if (isTraced) {
      console.log([...describeSchedule(schedule), ...verdict.trace].join("\n"));
    }
    if (verdict.wrongs.length > 0) {
      failed.push(seed);
      await (failed.length <= SHOWN_MAX ? showFailure(schedule, verdict) : null);
    }
    if (performance.now() - toldMs >= PROGRESS_MS) {
      toldMs = performance.now();
      console.log(`${seed - from + 1} of ${count} schedules, ${failed.length} failed`);
    }
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  const rate = Math.round(count / seconds);
  console.log(
    `${count} schedules with ${sums.runs} runs, ${sums.calls} calls and ${sums.events} events in ${seconds.toFixed(1)} s: ${rate} a second`,
  );
  console.log(failed.length === 0 ? "0 failed" : `${failed.length} failed, with the seeds ${failed.join(", ")}`);
  return failed.length === 0;
}

async function showFailure(schedule: Schedule, { wrongs }: Verdict): Promise<void> {
  const smallest = await shrinkSchedule(schedule, async (candidate) => (await simulate(candidate)).wrongs.length > 0);
  const verdict = await simulate(smallest, { isTraced: true });
  const lines = [
    `seed ${schedule.seed} fails:`,
    ...wrongs.map((wrong) => `  ${wrong}`),
    "the smallest of it that fails:",
    ...describeSchedule(smallest).map((line) => `  ${line}`),
    "what happens in it:",
    ...verdict.trace.map((line) => `  ${line}`),
    ...verdict.wrongs.map((wrong) => `  ${wrong}`),
    "",
  ];
  console.log(lines.join("\n"));
}
