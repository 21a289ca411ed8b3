import { createWriteStream, mkdirSync } from "node:fs";
import type { WriteStream } from "node:fs";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import type { MiniflareOptions } from "miniflare";
import { bundleWorker } from "./bundle-worker.ts";
import { freePort } from "./ports.ts";
import { listProcesses } from "./processes.ts";
import type { StackEvents } from "./stack-events.ts";
import { readWorkerConfig, workerOptions } from "./worker-options.ts";

const READY_TIMEOUT_MS = 30_000;
const RESTART_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CRON_EVERY_MS = 60_000;
const POLL_MS = 10;

/** What the local Worker needs to start. */
export interface WorkerStart {
  readonly dataDir: string;
  readonly port: number;
  readonly vars: Readonly<Record<string, string>>;
  /** The file that exports the Worker; without it, the `main` of `wrangler.toml`. */
  readonly entryPath?: string;
  readonly events: StackEvents;
}

/** Runs the bundled Worker in workerd, on one port, and keeps it running. */
export class LocalWorker {
  readonly url: string;
  readonly #options: MiniflareOptions;
  readonly #controlPort: number;
  readonly #crons: readonly string[];
  readonly #events: StackEvents;
  readonly #log: WriteStream;
  readonly #apiKey: string;
  #miniflare: Miniflare | null = null;
  #timer: NodeJS.Timeout | null = null;
  #restarts = 0;

  private constructor(start: WorkerStart, bundlePath: string, controlPort: number) {
    this.url = `http://127.0.0.1:${start.port}`;
    this.#controlPort = controlPort;
    this.#crons = readWorkerConfig().crons;
    this.#events = start.events;
    this.#apiKey = start.vars["BATON_API_KEY"] ?? "";
    mkdirSync(join(start.dataDir, "log"), { recursive: true });
    this.#log = createWriteStream(join(start.dataDir, "log", "worker.log"), { flags: "a" });
    // A log that cannot be written (disk full, folder deleted) must not take the stack down.
    this.#log.on("error", () => undefined);
    this.#options = workerOptions({
      bundlePath,
      storageDir: join(start.dataDir, "durable-objects"),
      port: start.port,
      controlPort,
      vars: start.vars,
      onOutput: (text) => void this.#log.write(text),
      onRestarted: () => void this.#afterRestart(),
      onError: (message) => this.#afterError(message),
    });
  }

  /**
   * Bundles the Worker and starts it.
   *
   * @param start - Where and with what.
   * @returns The Worker, which has answered a first request.
   */
  static async start(start: WorkerStart): Promise<LocalWorker> {
    const bundlePath = join(start.dataDir, "worker", "index.js");
    bundleWorker(start.entryPath ?? readWorkerConfig().entryPath, bundlePath);
    const worker = new LocalWorker(start, bundlePath, await freePort());
    try {
      await worker.resume();
    } catch (error) {
      await worker.stop();
      throw error;
    }
    return worker;
  }

  /** @returns The process id of workerd, or null while it is down. */
  pid(): number | null {
    const marker = `--socket-addr=entry=127.0.0.1:${this.#controlPort} `;
    const found = listProcesses().find(
      ({ parentPid, command }) => parentPid === process.pid && command.includes(marker),
    );
    return found?.pid ?? null;
  }

  /** Kills workerd (SIGKILL); resolves once it is back and has answered. */
  async kill(): Promise<void> {
    const restartsBefore = this.#restarts;
    this.#signal();
    const end = performance.now() + RESTART_TIMEOUT_MS;
    while (this.#restarts === restartsBefore) {
      if (performance.now() > end) {
        throw new Error("workerd did not come back after it was killed.");
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Kills workerd (SIGKILL) and leaves it down until `resume`. */
  async hold(): Promise<void> {
    const miniflare = this.#miniflare;
    this.#miniflare = null;
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    this.#signal();
    await miniflare?.dispose();
  }

  /** Starts workerd again after `hold`; resolves once it has answered. */
  async resume(): Promise<void> {
    const miniflare = createMiniflare(this.#options);
    this.#miniflare = miniflare;
    await miniflare.ready;
    await this.#firstRequest(READY_TIMEOUT_MS);
    this.#timer = setInterval(() => void this.#everyMinute(), CRON_EVERY_MS);
    this.#timer.unref();
  }

  /** Fires every cron of `wrangler.toml` now, whatever its times; resolves once the Worker is done with it. */
  async triggerScheduled(): Promise<void> {
    for (const cron of this.#crons) {
      const url = `http://127.0.0.1:${this.#controlPort}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`;
      const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      const text = await response.text();
      if (!response.ok) {
        throw new Error(`The scheduled function failed: ${text.slice(0, 500)}`);
      }
    }
  }

  /** Ends the Worker for good. */
  async stop(): Promise<void> {
    await this.hold();
    this.#log.end();
  }

  #signal(): void {
    const pid = this.pid();
    if (pid !== null) {
      process.kill(pid, "SIGKILL");
    }
  }

  /** Miniflare has started workerd again after it died. */
  async #afterRestart(): Promise<void> {
    const miniflare = this.#miniflare;
    try {
      await this.#firstRequest(RESTART_TIMEOUT_MS);
      this.#restarts += 1;
      this.#events.onRestarted("The Worker runtime ended; started again");
    } catch (error) {
      // A runtime that was held meanwhile is down on purpose.
      if (miniflare !== null && this.#miniflare === miniflare) {
        this.#events.onGivenUp(String(error));
      }
    }
  }

  #afterError(message: string): void {
    this.#log.write(`${message}\n`);
    if (this.#miniflare !== null && message.includes("failed to restart")) {
      void this.#startAnew(message);
    }
  }

  /** Miniflare gives up when workerd dies once more while it starts; a new Miniflare does not know of that. */
  async #startAnew(reason: string): Promise<void> {
    try {
      await this.hold();
      await this.resume();
      this.#restarts += 1;
      this.#events.onRestarted(`${reason} Started anew`);
    } catch (error) {
      this.#events.onGivenUp(`${reason} ${String(error)}`);
    }
  }

  async #firstRequest(timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!signal.aborted && this.#miniflare !== null) {
      try {
        const response = await fetch(`${this.url}/api/health`, { signal });
        await response.arrayBuffer();
        void this.#wakeShards();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    }
    throw new Error(`The Worker did not answer at ${this.url} within ${timeoutMs} ms.`);
  }

  /** With a key the health call asks the shards, and a shard that is asked goes on with its unfinished runs. */
  async #wakeShards(): Promise<void> {
    const headers = { authorization: `Bearer ${this.#apiKey}` };
    try {
      const response = await fetch(`${this.url}/api/health`, {
        headers,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await response.arrayBuffer();
    } catch (error) {
      this.#log.write(`The shards could not be asked for their health: ${String(error)}\n`);
    }
  }

  async #everyMinute(): Promise<void> {
    await this.triggerScheduled().catch((error: unknown) => this.#log.write(`cron: ${String(error)}\n`));
  }
}

/** Miniflare would end this process on the first Ctrl-C, before the databases have stopped: it must not listen. */
function createMiniflare(options: MiniflareOptions): Miniflare {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const miniflare = new Miniflare(options);
  signals.forEach((signal, index) => {
    const added = process.listeners(signal).filter((listener) => before[index]?.includes(listener) !== true);
    for (const listener of added) {
      process.off(signal, listener);
    }
  });
  return miniflare;
}
