import * as fc from "fast-check";
import { assert, describe, it } from "vitest";
import type { LeaseToken, StepKey } from "../../src/domain/ids.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import type { Command } from "../../src/domain/run/command.ts";
import type { EventDraft } from "../../src/domain/run/event.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { type BatchResult, executeBatch } from "../../src/ledger/batch.ts";
import { environmentOf, requestOf, startOf } from "../support/ledger-environment.ts";
import { MemoryLedgerStore } from "../support/memory-ledger-store.ts";
import { TestRun } from "../support/test-run.ts";
import { commandOf } from "./act.ts";
import { type Action, histories, plans } from "./arbitraries.ts";

/** What both twins show of a run after a command. */
interface View {
  readonly reply: unknown;
  readonly run: unknown;
  readonly steps: readonly Step[];
  readonly messages: readonly unknown[];
  readonly begun: readonly LeaseToken[];
  readonly events: readonly unknown[];
}

/** The same run twice: once with all steps loaded, once behind a ledger that loads what a command concerns. */
class Twins {
  readonly whole: TestRun;
  readonly #store = new MemoryLedgerStore();
  readonly #environment;

  constructor(plan: Plan) {
    this.whole = new TestRun(plan, { room: 2, fraction: 0.5 });
    this.#store.addWorkflow(plan);
    this.#environment = environmentOf(this.#store, {
      now: () => this.whole.now,
      random: () => this.whole.context(),
    });
  }

  async start(): Promise<void> {
    await executeBatch(this.#environment, [startOf()], this.whole.room);
  }

  async apply(command: Command): Promise<{ readonly whole: View; readonly partial: View }> {
    this.whole.apply(command);
    const batch = [requestOf(this.whole.run.id, command)];
    const result = await executeBatch(this.#environment, batch, this.whole.room);
    return { whole: this.#wholeView(), partial: this.#partialView(result) };
  }

  #wholeView(): View {
    const { last, run, state } = this.whole;
    return {
      reply: last.reply,
      run: withoutHead(run),
      steps: [...state.steps.values()],
      messages: [...last.messages].toSorted(byText),
      begun: last.begun.map((step) => step.token),
      events: last.events.map(summary).toSorted(byText),
    };
  }

  #partialView({ replies, commit }: BatchResult): View {
    const runId = this.whole.run.id;
    return {
      reply: replies[0],
      run: withoutHead(this.#store.run(runId)),
      steps: this.#store.steps(runId),
      messages: commit.messages.map(({ target, visibleAt }) => [target, visibleAt]).toSorted(byText),
      begun: commit.assignments.map((assignment) => assignment.token),
      // The steps of a run that ends are canceled in the order they were loaded.
      events: commit.events.map(summary).toSorted(byText),
    };
  }
}

function withoutHead(run: Run | undefined): unknown {
  return { ...run, head: null };
}

function summary({ type, step, attempt, from, to, data }: EventDraft): unknown {
  return { type, step, attempt, from, to, data };
}

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

async function compareLives(plan: Plan, history: readonly Action[]): Promise<void> {
  const twins = new Twins(plan);
  const tokens = new Map<StepKey, LeaseToken[]>();
  await twins.start();
  for (const action of history) {
    const command = commandOf(twins.whole, action, tokens);
    if (command !== null) {
      const { whole, partial } = await twins.apply(command);
      assert.deepEqual(partial, whole);
    }
    for (const { key, token } of command === null ? [] : twins.whole.last.begun) {
      tokens.set(key, [...(tokens.get(key) ?? []), token]);
    }
  }
}

describe("a ledger that loads only what a command concerns", () => {
  it("decides as if it had loaded the whole run", async () => {
    await fc.assert(fc.asyncProperty(plans, histories, compareLives), { numRuns: 300 });
  });
});
