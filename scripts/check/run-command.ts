import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** A command line of the shell, and the bounds in which it runs. */
export interface Command {
  readonly line: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logPath: string;
  readonly timeoutMs: number;
}

/** How a command ended. */
export type CommandEnd = { readonly kind: "exited"; readonly exitCode: number } | { readonly kind: "timed_out" };

const GRACE_MS = 10_000;
const EXIT_NOT_STARTED = 127;
const running = new Set<number>();

/**
 * Runs a command with its output in a log file. When it has ended, or its time is over, its whole process group is
 * ended: test suites start servers, which must not outlive them.
 *
 * @param command - What to run, where its output goes and how long it may take.
 * @returns How it ended. A command that could not be started counts as exited with 127.
 */
export async function runCommand(command: Command): Promise<CommandEnd> {
  const { line, cwd, env } = command;
  const log = openSync(command.logPath, "w");
  const child = spawn(line, { cwd, env, shell: true, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) return { kind: "exited", exitCode: await exitOf(child) };
  running.add(pid);
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    endGroup(pid);
  }, command.timeoutMs);
  const exitCode = await exitOf(child);
  clearTimeout(timer);
  running.delete(pid);
  signalGroup(pid, "SIGTERM");
  return isTimedOut ? { kind: "timed_out" } : { kind: "exited", exitCode };
}

/** Asks every command that still runs to end: they are in groups of their own, so Ctrl-C does not reach them. */
export function endAllCommands(): void {
  for (const pid of running) signalGroup(pid, "SIGTERM");
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on("error", () => resolve(EXIT_NOT_STARTED));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function endGroup(pid: number): void {
  signalGroup(pid, "SIGTERM");
  setTimeout(() => {
    if (running.has(pid)) signalGroup(pid, "SIGKILL");
  }, GRACE_MS).unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended by itself: that is what was wanted.
  }
}
