import { spawn } from "node:child_process";
import type { ChildProcess, Serializable } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";

const TAIL_LINES_MAX = 20;
const KILL_AFTER_MS = 10_000;

/** How to start one server and how to know that it is ready. */
export interface ServerCommand {
  /** Name for messages: `PostgreSQL`, `Redis`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File that gets everything the server prints; its folder is made when missing. */
  readonly logPath: string;
  /** What the server prints once it accepts connections. */
  readonly readyPattern: RegExp;
  readonly readyTimeoutMs: number;
  /** The signal that ends the server cleanly. */
  readonly stopSignal: NodeJS.Signals;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Opens a channel to a server that is a Node process: the first message for it, and who takes its messages. */
  readonly channel?: { readonly firstMessage: Serializable; readonly onMessage: (message: unknown) => void };
}

/** A server did not start. The message names it, says why, and has the end of its log. */
export class ServerStartError extends Error {
  /** Whether it ended by itself or was ended; else it ran, but was not ready in time. */
  readonly hasEnded: boolean;

  constructor(message: string, hasEnded: boolean) {
    super(message);
    this.hasEnded = hasEnded;
  }
}

/** A server that runs as a child of this process. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves once the process is gone, with a sentence about how it ended. */
  readonly exited: Promise<string>;
  /** The last lines it has printed. */
  tail(): string;
  /** Ends the process cleanly, and by force after 10 s; resolves once it is gone. */
  stop(): Promise<void>;
  /** Ends the process at once (SIGKILL); resolves once it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a server and waits until it says that it is ready.
 * It gets a process group of its own, so that Ctrl-C in the terminal reaches this process only, which then stops its
 * servers in order.
 *
 * @param options - What to run.
 * @returns The running server. Rejects with a `ServerStartError` when it ends early or is not ready in time.
 */
export async function startServer(options: ServerCommand): Promise<ServerProcess> {
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe", ...(options.channel === undefined ? [] : ["ipc" as const])],
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  // Without this, a process that forgets to stop its servers would leave them running for ever.
  const stopAtExit = (): void => void child.kill(options.stopSignal);
  process.on("exit", stopAtExit);
  const exited = waitForExit(child).finally(() => process.off("exit", stopAtExit));
  const output = collectOutput(child, options);
  if (options.channel !== undefined) {
    child.on("message", options.channel.onMessage);
    child.send(options.channel.firstMessage, () => undefined);
  }
  const outcome = await Promise.race([output.ready, exited, delay(options.readyTimeoutMs)]);
  if (outcome !== "ready") {
    child.kill("SIGKILL");
    const reason = outcome ?? `was not ready within ${options.readyTimeoutMs} ms`;
    const message = `${options.name} ${reason}. Its log is ${options.logPath}, the end of it:\n${output.tail()}`;
    throw new ServerStartError(message, outcome !== undefined);
  }
  return {
    pid: child.pid ?? 0,
    exited,
    tail: output.tail,
    stop: () => endProcess(child, exited, options.stopSignal),
    kill: () => endProcess(child, exited, "SIGKILL"),
  };
}

function collectOutput(child: ChildProcess, options: ServerCommand): { ready: Promise<"ready">; tail: () => string } {
  mkdirSync(dirname(options.logPath), { recursive: true });
  const log = createWriteStream(options.logPath, { flags: "a" });
  // A log that cannot be written (disk full, folder deleted) must not take the server down.
  log.on("error", () => undefined);
  let tail = "";
  const ready = new Promise<"ready">((resolve) => {
    const take = (chunk: Buffer): void => {
      log.write(chunk);
      tail = `${tail}${chunk.toString()}`.split("\n").slice(-TAIL_LINES_MAX).join("\n");
      if (options.readyPattern.test(tail)) {
        resolve("ready");
      }
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
  });
  child.once("close", () => log.end());
  return { ready, tail: () => tail.trim() };
}

function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started (${error.message})`));
    child.once("exit", (code, signal) => {
      resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}

async function endProcess(child: ChildProcess, exited: Promise<string>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const outcome = await Promise.race([exited, delay(KILL_AFTER_MS)]);
  if (outcome !== undefined) {
    return;
  }
  child.kill("SIGKILL");
  await exited;
}

function delay(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
