import { parseArgs } from "node:util";

const SEEDS_MAX = 100_000_000;

/** What the command line asks for. */
export interface SimulateOptions {
  /** The first seed. */
  readonly from: number;
  /** How many seeds. */
  readonly count: number;
  /** Whether to tell what happens, line by line. */
  readonly isTraced: boolean;
}

/** How the command is used. */
export const USAGE = `npm run simulate -- [options]
  --seeds 10000   lives so many schedules
  --from 1        the first seed
  --seed 42       this seed alone, and tells what happens in it`;

/**
 * Reads the command line.
 *
 * @param args - The words after the command.
 * @returns What they ask for. Throws an error for people when they cannot be understood.
 */
export function parseOptions(args: readonly string[]): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
    },
  });
  return values.seed === undefined
    ? { from: parseSeed("--from", values.from), count: parseSeed("--seeds", values.seeds), isTraced: false }
    : { from: parseSeed("--seed", values.seed), count: 1, isTraced: true };
}

function parseSeed(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= SEEDS_MAX) return number;
  throw new Error(`${option} is "${text}": it must be a whole number from 1 to ${SEEDS_MAX}.`);
}
