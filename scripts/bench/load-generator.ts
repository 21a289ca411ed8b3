import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { parseLoadResult } from "./load-job.ts";
import type { LoadJob, LoadResult } from "./load-job.ts";

const JOB_TIMEOUT_MS = 10 * 60_000;

/** The process that sends the requests. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  constructor() {
    // Ctrl-C is for the parent, which still needs this process while it stops.
    this.#child = fork(join(import.meta.dirname, "load-process.ts"), [], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
  }

  /** The id of the process. */
  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /**
   * Sends requests; one job at a time.
   *
   * @param job - What to send.
   * @returns What came of it. Rejects when a request failed: numbers of a failing system mean nothing.
   */
  async run(job: LoadJob): Promise<LoadResult> {
    const result = parseLoadResult(await this.#ask(job));
    if (result.firstFailure === null) return result;
    throw new Error(
      `${result.failureCount} of ${job.count} requests to ${job.method} ${job.url} failed, the first with: ${result.firstFailure}`,
    );
  }

  /** Ends the process. */
  close(): void {
    this.#child.kill();
  }

  #ask(job: LoadJob): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => finish(() => reject(new Error("The load generator ended.")));
      const onMessage = (message: unknown): void => finish(() => resolve(message));
      const timer = setTimeout(() => finish(() => reject(new Error("The load generator is stuck."))), JOB_TIMEOUT_MS);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#child.off("exit", onExit);
        this.#child.off("message", onMessage);
        settle();
      };
      this.#child.once("exit", onExit);
      this.#child.once("message", onMessage);
      this.#child.send(job);
    });
  }
}
