import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Where `/proc/{pid}/stat` has the start of a process, counted from its state. */
const START_FIELD = 19;

/** A process of this machine. */
export interface ProcessLine {
  readonly pid: number;
  readonly parentPid: number;
  /** The command line, words joined by spaces. */
  readonly command: string;
  /** Whether it was stopped (SIGSTOP) or a debugger holds it: it lives, but does nothing. */
  readonly isPaused: boolean;
  /** When it began, in the words of the system and without blanks: ids are used again, the pair of both is not. */
  readonly start: string;
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
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const [state, parentPid] = fields;
    if (state === "Z") {
      return [];
    }
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    const start = fields[START_FIELD] ?? "";
    return [{ pid, parentPid: Number(parentPid), command, isPaused: isPausedState(state), start }];
  } catch {
    // It ended while the list was read.
    return [];
  }
}

function listFromPs(): readonly ProcessLine[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,state=,lstart=,command="], { encoding: "utf8" });
  return text.split("\n").flatMap((line) => {
    // The start is five words, such as `Wed Nov 25 21:47:15 2026`.
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/u.exec(line);
    if (match === null) {
      return [];
    }
    const [, pid, parentPid, state, start = "", command = ""] = match;
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        command,
        isPaused: isPausedState(state),
        start: start.replaceAll(/\s+/gu, "-"),
      },
    ];
  });
}

/** T and t: stopped by a signal, and by a debugger. */
function isPausedState(state: string | undefined): boolean {
  return state?.[0]?.toUpperCase() === "T";
}
