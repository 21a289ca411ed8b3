import { ServerStartError } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";

const QUICK_DEATHS_MAX = 5;
const QUICK_DEATH_MS = 2_000;
const START_TRIES_MAX = 10;
/** Fewer than for a server that has run before: a mistake in its settings should be told soon. */
const FIRST_START_TRIES_MAX = 3;
const RETRY_DELAY_MS = 200;

/** What to keep running. */
export interface SupervisedPart {
  readonly name: string;
  /** Starts the server, always on the same port. */
  start(): Promise<ServerProcess>;
  /** Called after each unexpected end, once the server is back. */
  onRestarted(message: string): void;
  /** Called once when the part keeps dying; from then on nothing restarts it. */
  onGivenUp(message: string): void;
}

/** Keeps one server running: starts it again whenever it dies, unless it keeps dying right after it started. */
export class SupervisedServer {
  readonly #part: SupervisedPart;
  #startedAtMs = 0;
  #quickDeaths = 0;
  #server: ServerProcess | null = null;
  #wanted = false;

  /** @param part - The server and whom to tell. */
  constructor(part: SupervisedPart) {
    this.#part = part;
  }

  /** @returns The process id, or null while nothing runs. */
  get pid(): number | null {
    return this.#server?.pid ?? null;
  }

  /** Starts the server, up to three times if it ends before it is ready; rejects when it does not become ready. */
  async start(): Promise<void> {
    this.#wanted = true;
    for (let tries = 1; ; tries += 1) {
      try {
        this.#watch(await this.#part.start());
        return;
      } catch (error) {
        // It may have been killed, or the last ones of a server that was killed before are still in its way.
        const mayHelp = error instanceof ServerStartError && error.hasEnded && tries < FIRST_START_TRIES_MAX;
        if (!mayHelp || !this.#wanted) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
  }

  /** Ends the server cleanly and leaves it so until `start`. */
  async stop(): Promise<void> {
    await this.#release()?.stop();
  }

  /** Ends the server at once (SIGKILL) and leaves it so until `start`. */
  async kill(): Promise<void> {
    await this.#release()?.kill();
  }

  #release(): ServerProcess | null {
    const server = this.#server;
    this.#wanted = false;
    this.#server = null;
    return server;
  }

  #watch(server: ServerProcess): void {
    this.#server = server;
    this.#startedAtMs = performance.now();
    void server.exited.then(async (reason) => {
      // A server that was released on purpose is not ours to bring back.
      if (this.#server !== server) {
        return;
      }
      this.#server = null;
      await this.#comeBack(reason, server.tail());
    });
  }

  async #comeBack(reason: string, tail: string): Promise<void> {
    this.#quickDeaths = performance.now() - this.#startedAtMs < QUICK_DEATH_MS ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths > QUICK_DEATHS_MAX) {
      const log = tail === "" ? "" : `. The end of its log:\n${tail}`;
      this.#part.onGivenUp(`${this.#part.name} ${reason}, again and again right after it started${log}`);
      return;
    }
    const failure = await this.#startPatiently();
    if (failure === null) {
      this.#part.onRestarted(`${this.#part.name} ${reason}; started again`);
    } else if (this.#wanted) {
      this.#part.onGivenUp(`${this.#part.name} ${reason} and does not start again: ${failure}`);
    }
  }

  // A killed PostgreSQL leaves shared memory that its last children hold for some milliseconds more.
  async #startPatiently(): Promise<string | null> {
    let failure = "it was stopped";
    for (let tries = 0; tries < START_TRIES_MAX && this.#wanted; tries += 1) {
      try {
        const server = await this.#part.start();
        if (this.#wanted) {
          this.#watch(server);
        } else {
          await server.stop();
        }
        return null;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
    return failure;
  }
}
