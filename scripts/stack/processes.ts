import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface ProcessLine {
  readonly pid: number;
  readonly parentPid: number;
  /** The command line, words joined by spaces. */
  readonly command: string;
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
    return [{ pid, parentPid: Number(parentPid), command }];
  } catch {
    // It ended while the list was read.
    return [];
  }
}

function listFromPs(): readonly ProcessLine[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,command="], { encoding: "utf8" });
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parentPid: Number(match[2]), command: match[3] ?? "" }];
  });
}
