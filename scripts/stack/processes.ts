import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface ProcessLine {
  readonly pid: number;
  readonly parentPid: number;
  /** The command line, words joined by spaces. */
  readonly command: string;
  /** Whether it was stopped (SIGSTOP) or a debugger holds it: it lives, but does nothing. */
  readonly isPaused: boolean;
}

/**
 * Lists the machine's processes, from `/proc` where there is one and else from `ps`.
 *
 * @returns One entry for each process that could be read.
 */
export function listProcesses(): readonly ProcessLine[] {
  return process.platform === "linux" ? listFromProc() : listFromPs();
}

/**
 * Tells whether a process runs.
 *
 * @param pid - Its id.
 * @param word - What its command line contains, so that another process with a reused id is not taken for it.
 * @returns Whether there is such a process.
 */
export function isRunning(pid: number, word: string): boolean {
  return listProcesses().some((line) => line.pid === pid && line.command.includes(word));
}

function listFromProc(): readonly ProcessLine[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => readProcEntry(Number(name)));
}

function readProcEntry(pid: number): readonly ProcessLine[] {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything, so what follows is found from its end.
    const [state, parentPid] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") {
      return [];
    }
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return [{ pid, parentPid: Number(parentPid), command, isPaused: isPausedState(state) }];
  } catch {
    // It ended while the list was read.
    return [];
  }
}

function listFromPs(): readonly ProcessLine[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,state=,command="], { encoding: "utf8" });
  return text.split("\n").flatMap((line) => {
    const [, pid, parentPid, state, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/u.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parentPid: Number(parentPid), command, isPaused: isPausedState(state) }];
  });
}

/** T and t: stopped by a signal, and by a debugger. */
function isPausedState(state: string | undefined): boolean {
  return state?.[0]?.toUpperCase() === "T";
}
