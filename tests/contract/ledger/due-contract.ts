import { describe, expect, it } from "vitest";
import type { ActiveRun, Run } from "../../../src/domain/run/run.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import type { WaitingFor } from "../../../src/domain/run/waiting.ts";
import { messageOf } from "../../../src/domain/target.ts";
import type { DueMessage } from "../../../src/shard/dispatch/ports.ts";
import { START } from "../../support/ids.ts";
import { at, baseOf, newRun, newRunId, runningStep, runOf } from "./rows.ts";
import type { StoreBench } from "./store-bench.ts";

const LEASE_MS = 15_000;
const ERROR = { code: "http_status", message: "503" };
const HOLD = { actor: "key:tester", reason: null };
const TIMER: WaitingFor = { kind: "timer", until: at(50).toISOString() };
const SIGNAL: WaitingFor = { kind: "signal", name: "paid", until: null, schema: null };
const FAILURE = { ...ERROR, step: "a", attempt: 3 };

/** What a sweep found, by step key: when it is visible, in s, and whether it needs a place. */
type Found = Readonly<Record<string, readonly [number, boolean]>>;

/**
 * Describes what the sweeper finds in the rows.
 *
 * @param bench - The store that is tested.
 */
export function describeSweeps(bench: StoreBench): void {
  describe("a sweep", () => {
    // Shards that no other test has runs on.
    let shard = 1_000;

    /** Makes a run with a step of each kind on a shard of its own, and gives what a sweep of it finds. */
    async function sweep(
      parts: Partial<ActiveRun>,
      { now, until, isEnded = false }: { readonly now: Date; readonly until: Date; readonly isEnded?: boolean },
    ): Promise<{ readonly due: Found; readonly strayed: Found }> {
      shard += 1;
      const [runId, elsewhere] = [newRunId(shard), newRunId(0)];
      const base = (id: string): ReturnType<typeof baseOf> => ({ ...baseOf(runId, id), attempt: 1, startedAt: START });
      const steps: readonly Step[] = [
        { ...baseOf(runId, "blocked"), status: "PENDING", pendingNeeds: 1 },
        { ...baseOf(runId, "ready"), status: "PENDING", pendingNeeds: 0, queuedAt: START },
        runningStep(runId, "running", at(15)),
        { ...base("retrying"), status: "RETRYING", error: ERROR, failedAt: START, dueAt: at(30) },
        { ...base("old_retrying"), status: "RETRYING", error: ERROR, failedAt: null, dueAt: at(40) },
        { ...base("timer"), status: "WAITING", startedAt: START, waitingFor: TIMER, dueAt: at(50) },
        { ...base("signal"), status: "WAITING", startedAt: START, waitingFor: SIGNAL, dueAt: null },
        { ...base("completed"), status: "COMPLETED", endedAt: START },
        { ...base("failed"), status: "FAILED", error: ERROR, endedAt: START },
      ];
      const active = runOf(runId, { deadlineAt: at(60), ...parts });
      const { failure: _failure, phase: _phase, hold: _hold, ...rest } = active;
      const ended: Run = { ...rest, status: "COMPLETED", endedAt: START };
      await bench.create(
        isEnded ? newRun(ended) : newRun(active, steps),
        newRun(runOf(elsewhere), [runningStep(elsewhere, "of_another_shard", START)]),
      );
      const { due, strayed } = await bench.subject.findDue({ shard, now, until, leaseMs: LEASE_MS });
      const found = (messages: readonly DueMessage[]): Found =>
        Object.fromEntries(
          messages.map(({ member, visibleAt, needsPlace }) => [
            member.slice(messageOf({ runId, target: "" }).length),
            [(visibleAt.getTime() - START.getTime()) / 1_000, needsPlace],
          ]),
        );
      return { due: found(due), strayed: found(strayed) };
    }

    it("finds what is due by then, and when", async () => {
      const { due, strayed } = await sweep({}, { now: START, until: at(40) });
      expect(Object.entries(due)).toEqual([
        ["ready", [0, true]],
        ["running", [15, false]],
        ["retrying", [30, true]],
        ["old_retrying", [40, true]],
      ]);
      expect(strayed).toEqual({});
    });

    it("finds timers and the deadline of the run, which need no attempt's place", async () => {
      const { due } = await sweep({}, { now: START, until: at(60) });
      expect(due).toMatchObject({ timer: [50, false], "run:deadline": [60, false] });
      expect(Object.keys(due)).not.toContain("signal");
    });

    it.each([
      { which: "paused", parts: { status: "PAUSED", hold: HOLD } as const },
      { which: "failing", parts: { phase: "failing", failure: FAILURE } as const },
    ])(
      "finds of a run that is $which its leases, its timers and its deadline, and nothing that would begin",
      async ({ parts }) => {
        const { due, strayed } = await sweep(parts, { now: at(-3_600), until: at(60) });
        expect(due).toEqual({ running: [15, false], timer: [50, false], "run:deadline": [60, false] });
        const now = [-3_600, false];
        expect(strayed).toEqual({ running: now, timer: now, "run:deadline": now });
      },
    );

    it("finds nothing of a run that has ended", async () => {
      expect(await sweep({}, { now: at(-3_600), until: at(3_600), isEnded: true })).toEqual({
        due: {},
        strayed: {},
      });
    });

    it("finds, to be looked at now, what was set to an instant by a clock that has moved back since", async () => {
      const { due, strayed } = await sweep({}, { now: at(-10), until: at(-10) });
      expect(due).toEqual({});
      expect(strayed).toEqual({
        ready: [-10, true],
        running: [-10, false],
        retrying: [-10, true],
        timer: [-10, false],
        "run:deadline": [-10, false],
      });
    });

    it("takes no clock of another machine, which may be ahead by 2 s, for one that has moved", async () => {
      expect((await sweep({}, { now: at(-2), until: at(-2) })).strayed).toEqual({});
    });
  });
}
