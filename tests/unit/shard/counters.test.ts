import { describe, expect, it } from "vitest";
import { CommitCounters } from "../../../src/shard/counters.ts";
import { nameOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { completed, decisionUntil, failed } from "../../support/outcomes.ts";
import { CHAIN, FOR_DECISION, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

describe("the counters of a shard", () => {
  it("count runs, attempts and their durations from what was committed", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    const counters = new CommitCounters();
    await bench.ledger.start(startOf(0));
    const [assignment] = bench.capacity.commits.flatMap((commit) => commit.assignments);
    expect(assignment).toBeDefined();
    if (assignment !== undefined) {
      const { runId, stepKey, attempt, token } = assignment;
      await bench.ledger.apply({
        type: "command",
        runId,
        command: { type: "settle", stepKey, attempt, token, outcome: completed() },
      });
      await bench.ledger.apply({ type: "command", runId, command: { type: "cancel", actor: "key:a", reason: null } });
    }
    bench.capacity.commits.forEach((commit) => counters.count(commit));
    const counts = counters.snapshot();
    expect(counts.leaseLosses).toBe(0);
    expect(counts.workflows.get("orders")).toEqual({
      runsCreated: 1,
      runsEnded: new Map([["CANCELED", 1]]),
      // The first step's, and that of the second, which the cancel ended; the third was never begun.
      attemptsEnded: new Map([
        ["COMPLETED", 1],
        ["CANCELED", 1],
      ]),
      retries: 0,
    });
    expect(counts.stepSeconds.counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it("count a failed attempt once, whether it is tried again or not", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    const counters = new CommitCounters();
    await bench.ledger.start(startOf(0));
    const [assignment] = bench.capacity.commits.flatMap((commit) => commit.assignments);
    if (assignment === undefined) throw new Error("no attempt was begun");
    const { runId, stepKey, attempt, token } = assignment;
    await bench.ledger.apply({
      type: "command",
      runId,
      command: { type: "settle", stepKey, attempt, token, outcome: failed() },
    });
    bench.capacity.commits.forEach((commit) => counters.count(commit));
    const counts = counters.snapshot().workflows.get("orders");
    expect(counts?.attemptsEnded).toEqual(new Map([["FAILED", 1]]));
    expect(counts?.retries).toBe(1);
  });

  it("count an attempt that found that its step must wait as such, with what it took until then", async () => {
    const bench = new LedgerBench(planOf([{ id: "ok", wait: FOR_DECISION }]));
    const counters = new CommitCounters();
    await bench.ledger.start(startOf(0));
    const [assignment] = bench.capacity.commits.flatMap((commit) => commit.assignments);
    if (assignment === undefined) throw new Error("no attempt was begun");
    const { runId, stepKey, attempt, token } = assignment;
    const signal = { type: "signal", name: "decision", idempotencyKey: "one", payload: null, actor: "key:a" } as const;
    await bench.ledger.apply({
      type: "command",
      runId,
      command: { type: "settle", stepKey, attempt, token, outcome: decisionUntil() },
    });
    await bench.ledger.apply({ type: "command", runId, command: signal });
    bench.capacity.commits.forEach((commit) => counters.count(commit));
    const { workflows, stepSeconds } = counters.snapshot();
    expect(workflows.get("orders")).toMatchObject({
      runsEnded: new Map([["COMPLETED", 1]]),
      attemptsEnded: new Map([["WAITING", 1]]),
    });
    expect(stepSeconds.counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it("name 50 workflows, and count all others together", () => {
    const counters = new CommitCounters();
    const run = new TestRun(planOf(CHAIN));
    for (let index = 0; index < 60; index += 1) {
      const runs = [{ ...run.run, workflow: nameOf(`flow-${index}`) }];
      counters.count({ messages: [], assignments: [], events: run.events, runs, attemptDurationsMs: [] });
    }
    const { workflows } = counters.snapshot();
    expect(workflows.size).toBe(51);
    expect(workflows.get("flow-49")).toMatchObject({ runsCreated: 1 });
    expect(workflows.get("_other")).toMatchObject({ runsCreated: 10 });
  });
});
