import type { RunId } from "../../src/domain/ids.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import { isActive } from "../../src/domain/run/run.ts";
import { compileRecipe } from "../../src/recipe/compile-recipe.ts";
import { Clients } from "./clients.ts";
import { Consumers } from "./consumers.ts";
import { isAtRest } from "./lived-run.ts";
import { Outside } from "./outside.ts";
import type { Plant } from "./plant.ts";
import type { Schedule, WorldFault } from "./schedule.ts";
import { Shards } from "./shards.ts";

/** Plans of recipes that lives share, by the recipes' text. */
const PLANS = new Map<string, Plan>();
const PLANS_MAX = 2_000;

/** How often an operator looks for runs to resume in the end, in ms. */
const OPERATOR_MS = 5_000;

/** Everything in one life of the engine: shards and what is outside of them, and those who use them. */
export class World {
  readonly outside: Outside;
  readonly clients: Clients;
  readonly #shards: Shards;
  readonly #consumers: Consumers;
  readonly #schedule: Schedule;
  #sentCount = 0;

  constructor(schedule: Schedule, { plant, isTraced }: { readonly plant: Plant; readonly isTraced: boolean }) {
    this.#schedule = schedule;
    this.outside = new Outside(schedule, isTraced);
    this.#consumers = new Consumers(this.outside);
    this.#shards = new Shards({
      outside: this.outside,
      setup: schedule.setup,
      plant,
      execute: async (assignment) => this.#consumers.execute(assignment, this.#shards),
    });
    this.clients = new Clients(this.outside, this.#shards);
  }

  /** Saves the workflows, and lets clients, faults and the cron begin. */
  begin(): void {
    const { recipes, commands, faults, hasSweeps } = this.#schedule;
    recipes.forEach((recipe) => this.outside.database.addWorkflow(planOf(recipe), 1, true));
    this.clients.begin(commands);
    for (const fault of faults) {
      if (fault.kind === "world") {
        this.outside.scheduler.after(fault.atMs, () => this.#happen(fault));
      }
    }
    if (hasSweeps) {
      this.#shards.sweepRegularly();
    }
  }

  /** Nothing goes wrong any more, and nobody holds anything back for ever. */
  calm(): void {
    this.outside.faults.end();
    if (this.#schedule.isResumed) {
      this.#resumeAll();
    }
  }

  /** Whether nobody has anything left to do. */
  get isQuiet(): boolean {
    const { database, sentCount } = this.outside;
    return (
      sentCount === 0 &&
      database.openCount === 0 &&
      this.clients.pendingCount === 0 &&
      this.#consumers.openCount === 0 &&
      database.runIds.every((runId) => this.#isQuietRun(runId))
    );
  }

  #isQuietRun(runId: RunId): boolean {
    const run = this.outside.database.row(runId)?.run;
    const isOver = run !== undefined && !isActive(run);
    return (
      isOver || (!this.#schedule.isResumed && run !== undefined && isAtRest(run, this.outside.database.steps(runId)))
    );
  }

  #resumeAll(): void {
    const { database, scheduler } = this.outside;
    for (const runId of database.runIds) {
      const run = database.row(runId)?.run;
      if (run?.status === "PAUSED") {
        void this.clients.operate(runId, "resume", { type: "resume", actor: "key:operator" });
      } else if (run?.status === "WAITING") {
        this.#signal(runId);
      }
    }
    scheduler.after(OPERATOR_MS, () => this.#resumeAll());
  }

  /** Sends the first signal that a run waits for. */
  #signal(runId: RunId): void {
    const wait = this.outside.database
      .steps(runId)
      .find((step) => step.status === "WAITING" && step.waitingFor.kind === "signal");
    if (wait?.waitingFor?.kind === "signal") {
      this.#sentCount += 1;
      const { name } = wait.waitingFor;
      const idempotencyKey = `in the end ${this.#sentCount}`;
      const payload = { v: this.#sentCount };
      void this.clients.operate(runId, "signal", {
        type: "signal",
        name,
        idempotencyKey,
        payload,
        actor: "key:operator",
      });
    }
  }

  #happen({ event }: WorldFault): void {
    const { outside } = this;
    const { queue, scheduler, database } = outside;
    outside.note(() => `it happens: ${JSON.stringify(event)}`);
    switch (event.type) {
      case "flush":
        queue.flush();
        break;
      case "lose messages":
        queue.messages.clear();
        break;
      case "repeat messages":
        this.#moveMessages(() => outside.now().getTime());
        break;
      case "delay messages":
        this.#moveMessages((visibleMs) => visibleMs + event.ms);
        break;
      case "kill":
        this.#shards.kill();
        break;
      case "overlap":
        this.#shards.open();
        break;
      case "set clocks":
        outside.clocksSetMs += event.ms;
        this.#shards.clocksWereSet();
        break;
      case "lock": {
        const runId = this.clients.runOf(event.start);
        if (runId !== undefined) {
          database.locked.add(runId);
          scheduler.after(event.ms, () => database.locked.delete(runId));
        }
      }
    }
  }

  #moveMessages(move: (visibleMs: number) => number): void {
    const { messages } = this.outside.queue;
    for (const [member, visibleMs] of messages) {
      messages.set(member, move(visibleMs));
    }
  }
}

function planOf(recipe: JsonObject): Plan {
  const text = JSON.stringify(recipe);
  const known = PLANS.get(text);
  if (known !== undefined) {
    return known;
  }
  const compiled = compileRecipe(text, "json");
  if (!compiled.ok) {
    throw new Error(`a drawn recipe has issues: ${JSON.stringify(compiled.issues)} in ${text}`);
  }
  if (PLANS.size >= PLANS_MAX) {
    PLANS.clear();
  }
  PLANS.set(text, compiled.plan);
  return compiled.plan;
}
