import { describe, expect, it } from "vitest";
import { CommitCounters } from "../../../src/functions/shard-counters.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { completed } from "../../support/outcomes.ts";
import { CHAIN, planOf } from "../../support/plans.ts";

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
    expect(counts).toMatchObject({ runsCreated: 1, runsEnded: { CANCELED: 1 }, leaseLosses: 0 });
    expect(counts.attemptsEnded).toMatchObject({ COMPLETED: 1 });
    expect(counts.stepSeconds.counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});
