import { canonicalJson } from "../../src/domain/audit/chain.ts";
import type { RunId } from "../../src/domain/ids.ts";
import type { Command } from "../../src/domain/run/command.ts";
import { isActive } from "../../src/domain/run/run.ts";
import { nameOf, stepKeyOf } from "../support/ids.ts";
import type { Outside } from "./outside.ts";
import type { ClientCommand, OperatorCommand, StartCommand } from "./schedule.ts";
import type { Shards } from "./shards.ts";

/** How often an operator who wants to retry looks whether the run has failed, and for how long, in ms. */
const LOOK_MS = 150;
const LOOKS_MAX = 200;

/** How often a client with a key asks, and how long it waits in between, in ms. */
const TRIES_MAX = 30;
const TRY_AGAIN_MS = 2_000;

/** What a client was told that it did. */
export interface Acknowledged {
  readonly type: OperatorCommand["type"] | "start";
  readonly runId: RunId;
  /** Of a start. */
  readonly key: string | null;
  readonly workflow: string | null;
}

/** Those who start runs and operate them. */
export class Clients {
  readonly acknowledged: Acknowledged[] = [];
  readonly #outside: Outside;
  readonly #shards: Shards;
  /** Ids of the runs that starts came to, by the number of the start. */
  readonly #runIds = new Map<number, RunId>();
  #pendingCount = 0;

  constructor(outside: Outside, shards: Shards) {
    this.#outside = outside;
    this.#shards = shards;
  }

  /** How many commands are to come, or have no answer yet. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** Gives the run of a start, once the client knows it. */
  runOf(start: number): RunId | undefined {
    return this.#runIds.get(start);
  }

  /** Lets clients do what they do, each at its instant. */
  begin(commands: readonly ClientCommand[]): void {
    for (const command of commands) {
      this.#pendingCount += 1;
      this.#outside.scheduler.after(command.atMs, () => {
        const work = command.type === "start" ? this.#start(command) : this.#operateStart(command);
        void work.finally(() => {
          this.#pendingCount -= 1;
        });
      });
    }
  }

  /** An operator changes a run. An answer that is lost is not asked for again. */
  async operate(runId: RunId, type: OperatorCommand["type"], command: Command): Promise<void> {
    try {
      const result = await this.#shards.call("client", async (copy) =>
        copy.command({ type: "command", runId, command }),
      );
      this.#outside.note(() => `${type} of ${runId.slice(-4)}: ${JSON.stringify(result)}`);
      if (result.ok && result.value.kind === "applied") {
        this.acknowledged.push({ type, runId, key: null, workflow: null });
      }
    } catch {
      this.#outside.note(() => `${type} of ${runId.slice(-4)}: no answer`);
    }
  }

  async #operateStart(command: OperatorCommand): Promise<void> {
    const runId = this.#runIds.get(command.start);
    if (runId !== undefined) {
      await (command.type === "retry" ? this.#untilFailed(runId) : null);
      await this.operate(runId, command.type, commandOf(command));
    }
  }

  async #untilFailed(runId: RunId): Promise<void> {
    const { database, scheduler } = this.#outside;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const run = database.row(runId)?.run;
      if (run === undefined || !isActive(run)) {
        return;
      }
      await scheduler.pass(LOOK_MS);
    }
  }

  async #start(command: StartCommand): Promise<void> {
    const tries = command.key === null ? 1 : TRIES_MAX;
    for (let count = 0; count < tries; count += 1) {
      if (await this.#startOnce(command)) {
        return;
      }
      await this.#outside.scheduler.pass(TRY_AGAIN_MS);
    }
  }

  /** Whether there was an answer. */
  async #startOnce({ start, recipe, key, input }: StartCommand): Promise<boolean> {
    const workflow = nameOf(`recipe-${recipe}`);
    const request = {
      type: "start",
      runId: this.#outside.newRunId(),
      workflow,
      version: null,
      input,
      labels: {},
      idempotency: key === null ? null : { key, requestHash: canonicalJson(input) },
      rerunOf: null,
      actor: "key:client",
    } as const;
    try {
      const result = await this.#shards.call("client", async (copy) => copy.start(request));
      if (!result.ok) {
        return false;
      }
      const { value } = result;
      if (value.kind === "started" || value.kind === "replayed") {
        const runId = value.kind === "started" ? value.run.id : value.runId;
        this.#outside.note(() => `start ${start}: ${value.kind} ${runId.slice(-4)}`);
        this.#runIds.set(start, runId);
        this.acknowledged.push({ type: "start", runId, key, workflow });
      }
      return true;
    } catch {
      return false;
    }
  }
}

function commandOf(command: OperatorCommand): Command {
  const by = { actor: "key:operator", reason: null };
  switch (command.type) {
    case "cancel":
    case "pause":
      return { type: command.type, ...by };
    case "resume":
      return { type: "resume", actor: by.actor };
    case "signal":
      return {
        type: "signal",
        name: command.name,
        idempotencyKey: command.key,
        payload: command.payload,
        actor: "key:sender",
      };
    case "retry": {
      const from = command.from === null ? null : stepKeyOf(command.from);
      const input = command.input === undefined ? {} : { input: command.input };
      return { type: "retry", actor: by.actor, from, ...input };
    }
  }
}
