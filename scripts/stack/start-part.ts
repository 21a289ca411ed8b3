import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ServerStartError } from "./server-process.ts";

type StackPart = "data" | "postgres" | "givenDatabase" | "redis" | "demo" | "worker";

const LOG_LINES = 10;
const RETRY_EVERY_MS = 200;

/** A part answers, and refuses: to ask again would change nothing. */
export class RefusedError extends Error {}

/** What people need to know about a part of the stack that does not start. */
export interface PartNotes {
  /** As in messages: `PostgreSQL`, `The Worker`. */
  readonly name: string;
  /** What to say of it when it fails. */
  readonly failure: string;
  /** Null for a part without a log of its own. */
  readonly logPath: string | null;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * Gives what to tell about each part of the stack.
 *
 * @param dataDir - The stack's data folder, absolute.
 * @returns Notes by part.
 */
export function describeParts(dataDir: string): Readonly<Record<StackPart, PartNotes>> {
  const logPathOf = (name: string): string => join(dataDir, "log", `${name}.log`);
  return {
    data: {
      name: "The data folder",
      failure: "cannot be used",
      logPath: null,
      fix: `It must be a folder that this user may write to: repair ${dataDir}, or name another in BATON_DATA_DIR.`,
    },
    postgres: {
      name: "PostgreSQL",
      failure: "did not start",
      logPath: logPathOf("postgres"),
      fix:
        `Its data is in ${join(dataDir, "postgres")}, its password in keys.json beside it. Repair what it says, or ` +
        `move ${dataDir} away: the next start begins with no runs. Or name a PostgreSQL of yours in DATABASE_URL.`,
    },
    givenDatabase: {
      name: "The PostgreSQL of DATABASE_URL",
      failure: "cannot be used",
      logPath: null,
      fix: "Start it, correct DATABASE_URL, or unset it: then Baton starts one of its own.",
    },
    redis: {
      name: "Redis",
      failure: "did not start",
      logPath: logPathOf("redis"),
      fix: "It holds nothing that must be kept. Name a Redis of yours in REDIS_URL, or unset REDIS_URL to have one started.",
    },
    demo: {
      name: "The demo API",
      failure: "did not start",
      logPath: null,
      fix: "Set PORT to another port: the demo API takes the one after it.",
    },
    worker: {
      name: "The Worker",
      failure: "did not start",
      logPath: logPathOf("worker"),
      fix: `Repair what it says. If it says nothing that helps: npm ci installs all anew, and its own files are in ${dataDir}.`,
    },
  };
}

/**
 * Starts a part of the stack, or does something that needs it.
 *
 * @param notes - What to tell when it fails.
 * @param work - Starts it.
 * @returns What `work` gave. Rejects with the part's name, the reason, the end of its log and the fix.
 */
export async function startPart<Part>(notes: PartNotes, work: () => Promise<Part> | Part): Promise<Part> {
  const logBytes = notes.logPath === null ? 0 : readLog(notes.logPath).byteLength;
  try {
    return await work();
  } catch (cause) {
    throw new Error(describeFailure(notes, cause, logBytes), { cause });
  }
}

/**
 * Does something that needs a part which may die and come back meanwhile: its supervisor starts it again.
 *
 * @param timeoutMs - How long to try.
 * @param work - What to do; it is done again after each failure but a `RefusedError`.
 * @returns What it gave. Rejects with the last failure when the time is up.
 */
export async function repeatUntilDone<Result>(timeoutMs: number, work: () => Promise<Result>): Promise<Result> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end || error instanceof RefusedError) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_EVERY_MS));
    }
  }
}

function describeFailure({ name, failure, logPath, fix }: PartNotes, cause: unknown, logBytes: number): string {
  // It names the server and has the end of its log already.
  if (cause instanceof ServerStartError) {
    return `${cause.message}\n${fix}`;
  }
  // What was logged before this start belongs to another story.
  const lines = logPath === null ? [] : lastLines(readLog(logPath).subarray(logBytes).toString());
  const log = lines.length === 0 ? [] : [`Its log is ${logPath}, the end of it:`, ...lines];
  return [`${name} ${failure}: ${reasonOf(cause)}.`, ...log, fix].join("\n");
}

/** `fetch failed` and its like say nothing; what is behind them does. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return String(cause);
  }
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}

function lastLines(text: string): readonly string[] {
  return text.trim() === "" ? [] : text.trimEnd().split("\n").slice(-LOG_LINES);
}

function readLog(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
