import { parseArgs } from "node:util";

const REDIS_CHOICES = ["auto", "server", "mock"] as const;
const SCALE_MAX = 100;
const PRELOAD_MAX = 10_000_000;
/** Growth is a slope, and the first minute does not count. */
const SOAK_MINUTES = { min: 3, max: 24 * 60 };

/** The parts of the benchmark, in the order in which they run. */
export const PART_NAMES = ["transform", "http", "starts", "single", "fan-out", "retries", "reads", "limits"] as const;

/** One part of the benchmark. */
export type PartName = (typeof PART_NAMES)[number];

/** What the command line asks for. */
export interface BenchOptions {
  readonly parts: ReadonlySet<PartName>;
  /** Multiplies the number of runs of each part. */
  readonly scale: number;
  /** Where to write the results as JSON, or null. */
  readonly jsonPath: string | null;
  /** Finished runs to add before all parts run a second time; 0: no second time. */
  readonly preloadCount: number;
  /** How long to start runs steadily and watch the memory of the Worker, in minutes; 0: not at all. */
  readonly soakMinutes: number;
  /** Whether to count what an idle stack asks of PostgreSQL and Redis. */
  readonly isIdleChecked: boolean;
  readonly redis: (typeof REDIS_CHOICES)[number];
  /** More variables for the Worker. */
  readonly workerVars: Readonly<Record<string, string>>;
}

/** How the command is used. */
export const USAGE = `npm run bench -- [options]
  --only a,b         of ${PART_NAMES.join(", ")}
  --scale 0.1        multiplies the number of runs
  --json FILE        writes the results as JSON as well
  --preload 100000   adds this many finished runs, then measures everything again
  --idle             counts queries and commands of an idle stack (takes 3 minutes)
  --soak 5           starts runs steadily for so many minutes and watches the Worker's memory, and nothing else
  --redis server     of ${REDIS_CHOICES.join(", ")}
  --var NAME=VALUE   a variable for the Worker, such as CONCURRENCY=128 (may repeat)`;

/**
 * Reads the command line.
 *
 * @param args - The words after the command.
 * @returns What they ask for. Throws an error for people when they cannot be understood.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: PART_NAMES.join(",") },
      scale: { type: "string", default: "1" },
      json: { type: "string" },
      preload: { type: "string", default: "0" },
      idle: { type: "boolean", default: false },
      soak: { type: "string" },
      redis: { type: "string", default: "auto" },
      var: { type: "string", multiple: true, default: [] },
    },
  });
  return {
    parts: new Set(values.only.split(",").map((name) => parseWord("--only", name, PART_NAMES))),
    scale: parseNumber("--scale", values.scale, { min: 0.001, max: SCALE_MAX }),
    jsonPath: values.json ?? null,
    preloadCount: Math.round(parseNumber("--preload", values.preload, { min: 0, max: PRELOAD_MAX })),
    isIdleChecked: values.idle,
    soakMinutes: values.soak === undefined ? 0 : Math.round(parseNumber("--soak", values.soak, SOAK_MINUTES)),
    redis: parseWord("--redis", values.redis, REDIS_CHOICES),
    workerVars: Object.fromEntries(values.var.map(parseVariable)),
  };
}

function parseWord<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`${option} knows no "${text}": it takes ${words.join(", ")}.`);
  return found;
}

function parseNumber(option: string, text: string, range: { readonly min: number; readonly max: number }): number {
  const number = Number(text);
  if (number >= range.min && number <= range.max) return number;
  throw new Error(`${option} is "${text}": it must be a number from ${range.min} to ${range.max}.`);
}

function parseVariable(text: string): readonly [string, string] {
  const end = text.indexOf("=");
  if (end < 1) throw new Error(`--var is "${text}": write NAME=VALUE.`);
  return [text.slice(0, end), text.slice(end + 1)];
}
