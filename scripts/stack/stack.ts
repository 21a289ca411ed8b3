import { accessSync, constants, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GatewayStats } from "./gateway.ts";
import { readLocalFile, writeLocalFile } from "./local-file.ts";
import type { LocalFile } from "./local-file.ts";
import { lockDataDir } from "./lock.ts";
import { endOrphans } from "./orphans.ts";
import type { LocalRedis } from "./redis.ts";
import type { StackEvents } from "./stack-events.ts";
import { startParts } from "./stack-parts.ts";
import type { StackOptions, StackParts } from "./stack-parts.ts";
import { describeParts, startPart } from "./start-part.ts";

/** A running stack: PostgreSQL, Redis behind its gateway, demo API and the Worker. */
export class Stack {
  readonly #parts: StackParts;
  readonly #unlock: () => void;

  /**
   * @param parts - What runs.
   * @param unlock - Gives the data folder free.
   */
  constructor(parts: StackParts, unlock: () => void) {
    this.#parts = parts;
    this.#unlock = unlock;
  }

  /** @returns What `local.json` says: addresses, API key and process ids, as of now. */
  get info(): LocalFile {
    const { worker, keys, database, queue, demo } = this.#parts;
    return {
      url: worker.url,
      apiKey: keys.apiKey,
      databaseUrl: database.databaseUrl,
      redisUrl: queue.redis?.redisUrl ?? null,
      gatewayUrl: queue.restUrl,
      gatewayToken: queue.restToken,
      demoUrl: demo.url,
      pids: {
        stack: process.pid,
        workerd: worker.pid(),
        postgres: database.pid(),
        redis: queue.redis?.pid() ?? null,
      },
    };
  }

  /** @returns One sentence each about PostgreSQL and Redis, for people. */
  get descriptions(): readonly string[] {
    return [this.#parts.database.description, this.#parts.queue.description];
  }

  /** @returns What passed through the Redis gateway so far. */
  gatewayStats(): GatewayStats {
    return this.#parts.queue.stats();
  }

  /** Kills workerd (SIGKILL); resolves once it is back and has answered. */
  async killWorker(): Promise<void> {
    await this.#parts.worker.kill();
  }

  /** Kills workerd (SIGKILL) and leaves it down until `resumeWorker`. */
  async holdWorker(): Promise<void> {
    await this.#parts.worker.hold();
  }

  /** Starts workerd again after `holdWorker`; resolves once it has answered. */
  async resumeWorker(): Promise<void> {
    await this.#parts.worker.resume();
    this.saveInfo();
  }

  /** Fires the crons now; resolves once the Worker is done with them. */
  async triggerScheduled(): Promise<void> {
    await this.#parts.worker.triggerScheduled();
  }

  /** Stops PostgreSQL and starts it again; resolves once it accepts connections. */
  async restartPostgres(): Promise<void> {
    await this.stopPostgres();
    await this.startPostgres();
  }

  /** Stops PostgreSQL (a fast shutdown: connections are cut) and leaves it down. */
  async stopPostgres(): Promise<void> {
    await this.#parts.database.stop();
  }

  /** Starts PostgreSQL after `stopPostgres`. */
  async startPostgres(): Promise<void> {
    await this.#parts.database.start();
    this.saveInfo();
  }

  /** Deletes everything in Redis. */
  async flushRedis(): Promise<void> {
    await this.#redis().flush();
  }

  /** Ends Redis at once, and with it all it holds; the gateway answers with errors until `startRedis`. */
  async stopRedis(): Promise<void> {
    await this.#redis().stop();
  }

  /** Starts an empty Redis after `stopRedis`. */
  async startRedis(): Promise<void> {
    await this.#redis().start();
    this.saveInfo();
  }

  /** Writes `local.json` anew. */
  saveInfo(): void {
    writeLocalFile(this.#parts.dataDir, this.info);
  }

  /** Stops everything in order: the Worker first, PostgreSQL last. */
  async stop(): Promise<void> {
    const { worker, demo, queue, database, dataDir } = this.#parts;
    await worker.hold();
    await demo.close();
    await queue.close();
    await database.stop();
    rmSync(join(dataDir, "local.json"), { force: true });
    this.#unlock();
  }

  #redis(): LocalRedis {
    const { redis } = this.#parts.queue;
    if (redis === null) {
      throw new Error("This stack uses a Redis at Upstash, which it does not control.");
    }
    return redis;
  }
}

function makeWritable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK | constants.X_OK);
}

/**
 * Starts a stack and waits until its Worker has answered a request.
 *
 * @param options - Where and with what.
 * @returns The running stack. Rejects when a part does not start, after stopping those that did.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir);
  await startPart(describeParts(dataDir).data, () => makeWritable(dataDir));
  const unlock = lockDataDir(dataDir);
  const report = (message: string): void => void (options.quiet === true || console.error(message));
  let stack: Stack | null = null;
  const events: StackEvents = {
    onRestarted: (message) => {
      report(message);
      stack?.saveInfo();
    },
    onGivenUp: options.onGivenUp ?? report,
  };
  try {
    const previous = readLocalFile(dataDir);
    if (previous !== null) {
      await endOrphans(previous);
    }
    stack = new Stack(await startParts(options, dataDir, events), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
  stack.saveInfo();
  return stack;
}
