import { join } from "node:path";
import { freePort } from "./ports.ts";
import { listProcesses } from "./processes.ts";
import type { ProcessLine } from "./processes.ts";
import { RuntimeWatch } from "./runtime-watch.ts";
import { startServer } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";
import type { StackEvents } from "./stack-events.ts";
import { SupervisedServer } from "./supervisor.ts";
import { HOST_READY, hostMessageSchema } from "./worker-messages.ts";
import type { WorkerSettings } from "./worker-options.ts";

const READY_TIMEOUT_MS = 30_000;
/** Long enough to replace a runtime that hangs before its first answer. */
const FIRST_ANSWER_TIMEOUT_MS = 60_000;
const RESTART_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CRON_EVERY_MS = 60_000;
const POLL_MS = 10;

/** What the local Worker needs to start. */
export interface WorkerStart {
  readonly dataDir: string;
  readonly port: number;
  readonly vars: Readonly<Record<string, string>>;
  /** The file that exports the Worker; null for the `main` of `wrangler.toml`. */
  readonly entryPath: string | null;
  readonly events: StackEvents;
}

/** Runs the bundled Worker in workerd, on one port, and keeps it running. */
export class LocalWorker {
  readonly url: string;
  readonly #start: WorkerStart;
  readonly #controlPort: number;
  readonly #host: SupervisedServer;
  readonly #watch: RuntimeWatch;
  #crons: readonly string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #restarts = 0;
  /** Why the runtime was killed by its watch, until it is back. */
  #hungReason: string | null = null;

  private constructor(start: WorkerStart, controlPort: number) {
    this.url = `http://127.0.0.1:${start.port}`;
    this.#start = start;
    this.#controlPort = controlPort;
    this.#host = new SupervisedServer({
      name: "The Worker",
      start: () => this.#startHost(),
      onRestarted: (message) => void this.#afterRestart(message),
      onGivenUp: start.events.onGivenUp,
    });
    this.#watch = new RuntimeWatch({
      ask: (signal) => this.#askHealth({ signal }),
      isPaused: () => this.#runtime()?.isPaused === true,
      replace: (silentMs) => this.#replaceHung(silentMs),
    });
  }

  /**
   * Bundles the Worker and starts it.
   *
   * @param start - Where and with what.
   * @returns The Worker, which has answered a first request.
   */
  static async start(start: WorkerStart): Promise<LocalWorker> {
    const worker = new LocalWorker(start, await freePort());
    try {
      await worker.resume();
    } catch (error) {
      await worker.hold();
      throw error;
    }
    return worker;
  }

  /** @returns The process id of workerd, or null while it is down. */
  pid(): number | null {
    return this.#runtime()?.pid ?? null;
  }

  /** Kills workerd (SIGKILL); resolves once it is back and has answered. */
  async kill(): Promise<void> {
    const restartsBefore = this.#restarts;
    this.#killRuntime();
    const end = performance.now() + RESTART_TIMEOUT_MS;
    while (this.#restarts === restartsBefore) {
      if (performance.now() > end) {
        throw new Error("workerd did not come back after it was killed.");
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Kills workerd (SIGKILL) and leaves it down until `resume`; resolves once it is gone. */
  async hold(): Promise<void> {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    this.#watch.end();
    this.#killRuntime();
    await this.#host.stop();
    await this.#endRuntime();
  }

  /** Starts workerd again after `hold`; resolves once it has answered. */
  async resume(): Promise<void> {
    await this.#host.start();
    await this.#firstRequest(FIRST_ANSWER_TIMEOUT_MS);
    this.#timer = setInterval(() => void this.triggerScheduled().catch(() => undefined), CRON_EVERY_MS);
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

  async #startHost(): Promise<ServerProcess> {
    const { dataDir, port, vars, entryPath } = this.#start;
    const settings: WorkerSettings = {
      entryPath,
      bundlePath: join(dataDir, "worker", "index.js"),
      storageDir: join(dataDir, "durable-objects"),
      port,
      controlPort: this.#controlPort,
      vars,
    };
    // A host that was killed leaves its runtime behind, on the port that the next one needs.
    this.#watch.end();
    await this.#endRuntime();
    const host = await startServer({
      name: "The Worker",
      command: process.execPath,
      args: [join(import.meta.dirname, "worker-host.ts")],
      logPath: join(dataDir, "log", "worker.log"),
      readyPattern: new RegExp(HOST_READY, "u"),
      readyTimeoutMs: READY_TIMEOUT_MS,
      stopSignal: "SIGTERM",
      channel: { firstMessage: { ...settings }, onMessage: (message) => this.#take(message) },
    });
    this.#watch.begin();
    return host;
  }

  #take(message: unknown): void {
    const parsed = hostMessageSchema.safeParse(message);
    if (!parsed.success) {
      return;
    }
    if (parsed.data.kind === "started") {
      this.#crons = parsed.data.crons;
    } else {
      this.#watch.begin();
      void this.#afterRestart("The Worker runtime ended; started again");
    }
  }

  #replaceHung(silentMs: number): void {
    this.#hungReason = `The Worker runtime did not answer for ${silentMs / 1_000} s, so it was killed; started again`;
    const pid = this.pid();
    if (pid !== null) {
      process.kill(pid, "SIGKILL");
    } else if (this.#host.pid !== null) {
      // The host should have started another runtime by now.
      process.kill(this.#host.pid, "SIGKILL");
    }
  }

  async #afterRestart(message: string): Promise<void> {
    const isUp = await this.#firstRequest(RESTART_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
    // When it is down again, it was killed once more or is held: whoever brings it back tells.
    if (isUp) {
      this.#restarts += 1;
      this.#start.events.onRestarted(this.#hungReason ?? message);
      this.#hungReason = null;
    }
  }

  async #firstRequest(timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!signal.aborted) {
      try {
        await this.#askHealth({ signal });
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
    const key = this.#start.vars["BATON_API_KEY"] ?? "";
    // When it fails, the runtime is down again, or the cron does the same within a minute.
    await this.#askHealth({ key, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }).catch(() => undefined);
  }

  /**
   * On a connection of its own. One that is kept would idle until workerd closes it, after 5 s and without a word, and
   * whoever calls the Worker from this process may be given it just then (docs/adr/0012).
   */
  async #askHealth({ key, signal }: { readonly key?: string; readonly signal: AbortSignal }): Promise<void> {
    const headers = {
      connection: "close",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    const response = await fetch(`${this.url}/api/health`, { headers, signal });
    await response.arrayBuffer();
  }

  #runtime(): ProcessLine | null {
    const marker = `--socket-addr=entry=127.0.0.1:${this.#controlPort} `;
    return listProcesses().find(({ command }) => command.includes(marker)) ?? null;
  }

  #killRuntime(): void {
    const pid = this.pid();
    if (pid !== null) {
      process.kill(pid, "SIGKILL");
    }
  }

  async #endRuntime(): Promise<void> {
    const end = performance.now() + RESTART_TIMEOUT_MS;
    while (this.pid() !== null) {
      if (performance.now() > end) {
        throw new Error("workerd does not end, although it was killed.");
      }
      this.#killRuntime();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
