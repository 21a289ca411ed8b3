import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll } from "vitest";
import { z } from "zod";
import type { StackOptions } from "../../scripts/stack/stack-parts.ts";
import { type Stack, startStack } from "../../scripts/stack/stack.ts";
import { queueKey } from "../../src/adapters/redis/keys.ts";
import { ApiClient } from "./api-client.ts";
import { makeFreshDataDir } from "./data-template.ts";
import { TIMEOUT_MS_DEFAULT, waitUntil } from "./wait-until.ts";

/** What a test file wants of its stack. */
export type TestStackOptions = Pick<StackOptions, "redis" | "workerVars" | "workerEntryPath"> & {
  /** Makes the data folder; without it, that of a fresh database. */
  readonly makeDataDir?: () => Promise<string>;
};

type Sql = ReturnType<typeof postgres>;

interface Started {
  readonly stack: Stack;
  readonly sql: Sql;
}

const ENDED = ["COMPLETED", "FAILED", "CANCELED"];
const replySchema = z.object({ result: z.unknown() });

/** The whole stack, started before the tests of a file and stopped after them. */
export class TestStack {
  readonly #options: TestStackOptions;
  #dataDir: string | null = null;
  #started: Started | null = null;

  /** @param options - What differs from the usual stack. */
  constructor(options: TestStackOptions) {
    this.#options = options;
  }

  /** @returns The stack, to be killed and cut. */
  get stack(): Stack {
    return this.#require().stack;
  }

  /** @returns Connections of the tests' own; the Worker's say `application_name = 'baton'`. */
  get sql(): Sql {
    return this.#require().sql;
  }

  /** @returns A client with the stack's key. */
  get api(): ApiClient {
    const { url, apiKey } = this.stack.info;
    return new ApiClient(url, apiKey);
  }

  /** @returns Address of the demo API. */
  get demoUrl(): string {
    return this.stack.info.demoUrl;
  }

  /** Starts the stack, on the data of the last time if there was one. */
  async start(): Promise<void> {
    const { makeDataDir = makeFreshDataDir, ...options } = this.#options;
    this.#dataDir ??= await makeDataDir();
    const stack = await startStack({ ...options, dataDir: this.#dataDir, quiet: true });
    // While PostgreSQL restarts these connections break too; they come back by themselves.
    const sql = postgres(stack.info.databaseUrl, { max: 4, connect_timeout: 5, onnotice: () => undefined });
    this.#started = { stack, sql };
  }

  /** Stops the stack and keeps its data. */
  async stop(): Promise<void> {
    const started = this.#started;
    this.#started = null;
    await started?.sql.end({ timeout: 1 });
    await started?.stack.stop();
  }

  /** Stops the stack and deletes its data. */
  async remove(): Promise<void> {
    await this.stop();
    if (this.#dataDir !== null) {
      rmSync(this.#dataDir, { recursive: true, force: true });
    }
  }

  /** What the Worker has logged so far, line by line. */
  workerLog(): readonly string[] {
    if (this.#dataDir === null) throw new Error("the stack was never started");
    return readFileSync(join(this.#dataDir, "log", "worker.log"), "utf8").split("\n");
  }

  /** Sends one command to Redis, past the Worker. */
  async redis(...command: readonly (string | number)[]): Promise<unknown> {
    const { gatewayUrl, gatewayToken } = this.stack.info;
    const response = await fetch(gatewayUrl, {
      method: "POST",
      headers: { authorization: `Bearer ${gatewayToken}`, "content-type": "application/json" },
      body: JSON.stringify(command.map(String)),
    });
    return replySchema.parse(await response.json()).result;
  }

  /** The members on a shard's queue, the first due first. */
  async queued(shard = 0): Promise<readonly string[]> {
    return z.array(z.string()).parse(await this.redis("ZRANGE", queueKey(shard), 0, -1));
  }

  /** Waits until runs have ended, as PostgreSQL says. */
  async untilEnded(runIds: readonly string[], timeoutMs = TIMEOUT_MS_DEFAULT): Promise<void> {
    await waitUntil(async () => ((await this.#countUnfinished(runIds)) === 0 ? true : null), {
      until: `${runIds.length} runs have ended`,
      timeoutMs,
    });
  }

  /** Waits until a step is in a state. */
  async untilStep(runId: string, key: string, status: string, timeoutMs = TIMEOUT_MS_DEFAULT): Promise<void> {
    await waitUntil(
      async () => {
        const rows = await this.sql`
          select 1 from steps where run_id = ${runId} and key = ${key} and status = ${status}`;
        return rows.length === 1 ? true : null;
      },
      { until: `step ${key} is ${status}`, timeoutMs },
    );
  }

  /** Waits until a run's log has an event of a type. */
  async untilEvent(runId: string, type: string): Promise<void> {
    await waitUntil(
      async () => {
        const rows = await this.sql`select 1 from events where run_id = ${runId} and type = ${type}`;
        return rows.length > 0 ? true : null;
      },
      { until: `the run has an event ${type}` },
    );
  }

  async #countUnfinished(runIds: readonly string[]): Promise<number> {
    const rows = await this.sql<{ count: number }[]>`
      select count(*)::int as count from runs where id in ${this.sql(runIds)} and status in ${this.sql(ENDED)}`;
    return runIds.length - (rows[0]?.count ?? 0);
  }

  #require(): Started {
    if (this.#started === null) throw new Error("the stack does not run");
    return this.#started;
  }
}

/**
 * Gives the tests of a file a stack: started before the first, stopped and deleted after the last.
 *
 * @param options - What differs from the usual stack.
 * @returns The stack; of use inside tests only.
 */
export function useStack(options: TestStackOptions = {}): TestStack {
  const stack = new TestStack(options);
  beforeAll(() => stack.start());
  afterAll(() => stack.remove());
  return stack;
}
