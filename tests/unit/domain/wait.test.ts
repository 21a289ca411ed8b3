import { describe, expect, it } from "vitest";
import { decisionUntil, timerUntil } from "../../support/outcomes.ts";
import { FOR_DECISION, type NodeParts, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

const DAY_MS = 86_400_000;

const NAP: readonly NodeParts[] = [
  { id: "nap", wait: { kind: "for", duration: "1d" } },
  { id: "after", needs: ["nap"] },
];
const ASK: readonly NodeParts[] = [
  { id: "ask", wait: FOR_DECISION },
  { id: "after", needs: ["ask"] },
];

function napping(): TestRun {
  const run = new TestRun(planOf(NAP));
  run.settle("nap", timerUntil(new Date(run.now.getTime() + DAY_MS)));
  return run;
}

function asking(withinMs: number | null = null): TestRun {
  const run = new TestRun(planOf(ASK));
  run.settle("ask", decisionUntil(withinMs === null ? null : new Date(run.now.getTime() + withinMs)));
  return run;
}

function outputOf(run: TestRun, key: string): unknown {
  return [...run.last.payloads].find(([stepKey]) => stepKey === key)?.[1].output;
}

describe("a wait for a time", () => {
  it("holds nothing but a message, and shows the run as WAITING", () => {
    const run = napping();
    expect([run.run.status, run.statuses]).toEqual(["WAITING", { nap: "WAITING", after: "PENDING" }]);
    expect(run.visibleInMs("nap")).toBe(DAY_MS);
    expect(run.last.begun).toEqual([]);
  });

  it("is over when it is due, and not before", () => {
    const run = napping();
    run.passMs(DAY_MS - 1);
    expect(run.begin("nap")).toEqual({ kind: "wake_refused", reason: "not_due" });
    expect(run.visibleInMs("nap")).toBe(1);
    run.passMs(1);
    expect(run.begin("nap")).toEqual({ kind: "applied" });
    expect(run.statuses).toEqual({ nap: "COMPLETED", after: "RUNNING" });
    expect(run.last.payloads.get(run.step("nap").key)).toEqual({
      output: { payload: null, by: null, timedOut: false },
    });
    expect(run.begin("nap")).toEqual({ kind: "wake_refused", reason: "step_done" });
  });

  it("fires in a pause, and what comes after it begins when the pause is over", () => {
    const run = napping();
    run.pause();
    run.passMs(DAY_MS);
    run.begin("nap");
    expect([run.run.status, run.statuses]).toEqual(["PAUSED", { nap: "COMPLETED", after: "PENDING" }]);
    run.resume();
    expect(run.statuses).toEqual({ nap: "COMPLETED", after: "RUNNING" });
  });

  it("is back on the queue after a pause that ended before it", () => {
    const run = napping();
    run.pause();
    run.messages.clear();
    run.resume();
    expect([run.run.status, run.visibleInMs("nap")]).toEqual(["WAITING", DAY_MS]);
  });

  it("is no longer than asked for when the clock moves back; one until an instant stays", () => {
    const run = napping();
    run.passMs(-7 * DAY_MS);
    run.begin("nap");
    expect(run.visibleInMs("nap")).toBe(DAY_MS);
    const instant = { kind: "until", instant: "2026-03-02T12:00:00.000Z" } as const;
    const fixed = new TestRun(planOf([{ id: "nap", wait: instant }]));
    fixed.settle("nap", timerUntil(new Date(instant.instant)));
    fixed.passMs(-7 * DAY_MS);
    fixed.begin("nap");
    expect(fixed.visibleInMs("nap")).toBe(8 * DAY_MS);
  });

  it("ends with its run: canceled, out of time or sunk by another step", () => {
    const run = napping();
    run.cancel();
    expect([run.run.status, run.statuses]).toEqual(["CANCELED", { nap: "CANCELED", after: "CANCELED" }]);
    expect(run.messages.size).toBe(0);
    const two = new TestRun(planOf([...NAP, { id: "other" }]));
    two.settle("nap", timerUntil(new Date(two.now.getTime() + DAY_MS)));
    two.sink("other");
    expect([two.run.status, two.step("nap").status]).toEqual(["FAILED", "CANCELED"]);
    two.retry();
    expect(two.statuses).toEqual({ nap: "RUNNING", after: "PENDING", other: "RUNNING" });
  });

  it("settled twice is settled once", () => {
    const run = napping();
    const token = run.tokenOf("nap");
    expect(run.settle("nap", timerUntil(run.now), token)).toEqual({ kind: "applied" });
    expect([run.last.events, run.visibleInMs("nap")]).toEqual([[], DAY_MS]);
  });
});

describe("a wait for a signal", () => {
  it("ends with the payload and who sent it", () => {
    const run = asking();
    expect([run.run.status, run.visibleInMs("ask")]).toEqual(["WAITING", undefined]);
    expect(run.signal("decision", { approved: true })).toEqual({ kind: "applied" });
    expect(outputOf(run, "ask")).toEqual({ payload: { approved: true }, by: "key:tester", timedOut: false });
    expect(run.statuses).toEqual({ ask: "COMPLETED", after: "RUNNING" });
    expect(run.last.events[0]).toMatchObject({
      type: "SIGNAL_RECEIVED",
      actor: "key:tester",
      data: { name: "decision" },
    });
  });

  it("takes one that came before it, the oldest first", () => {
    const run = new TestRun(planOf(ASK));
    run.signal("decision", 1);
    run.signal("decision", 2);
    run.settle("ask", decisionUntil());
    expect([run.step("ask").status, outputOf(run, "ask")]).toMatchObject(["COMPLETED", { payload: 1 }]);
    expect(run.state.mail.map(({ payload, takenBy }) => [payload, takenBy])).toEqual([
      [1, "ask"],
      [2, null],
    ]);
  });

  it("counts the same key once, also after it was taken and after the run has ended", () => {
    const run = asking();
    run.signal("decision", 1, "once");
    expect(run.signal("decision", 2, "once")).toEqual({ kind: "already_received" });
    expect(run.last.events).toEqual([]);
    run.complete("after");
    expect(run.run.status).toBe("COMPLETED");
    expect(run.signal("decision", 2, "once")).toEqual({ kind: "already_received" });
  });

  it("is refused when nothing waits for its name, when the run is over, and when too many are kept", () => {
    const run = new TestRun(planOf(ASK));
    expect(run.signal("descision")).toEqual({ kind: "unknown_signal", names: ["decision"] });
    for (let index = 0; index < 100; index += 1) {
      run.signal("decision", index);
    }
    expect(run.signal("decision")).toMatchObject({ kind: "conflict" });
    run.cancel();
    expect(run.signal("decision")).toMatchObject({ kind: "conflict", status: "CANCELED" });
  });

  it("gives up at its timeout, and says so in its output", () => {
    const run = asking(1_000);
    run.passMs(1_000);
    expect(run.begin("ask")).toEqual({ kind: "applied" });
    expect(outputOf(run, "ask")).toEqual({ payload: null, by: null, timedOut: true });
  });

  it("ends once when signal and timeout come in the same instant, whichever is first", () => {
    const first = asking(1_000);
    first.passMs(1_000);
    first.signal("decision", 1);
    expect(outputOf(first, "ask")).toMatchObject({ timedOut: false });
    expect(first.begin("ask")).toEqual({ kind: "wake_refused", reason: "step_done" });
    const second = asking(1_000);
    second.passMs(1_000);
    second.begin("ask");
    expect(second.signal("decision", 1)).toEqual({ kind: "applied" });
    expect(second.state.mail).toMatchObject([{ takenBy: null }]);
  });

  it("is answered in a pause, and what comes after it begins when the pause is over", () => {
    const run = asking();
    run.pause();
    run.signal("decision");
    expect(run.statuses).toEqual({ ask: "COMPLETED", after: "PENDING" });
    run.resume();
    expect(run.statuses).toEqual({ ask: "COMPLETED", after: "RUNNING" });
  });

  it("goes to the one that waits longest when several wait", () => {
    const run = new TestRun(
      planOf([
        { id: "one", wait: FOR_DECISION },
        { id: "two", wait: FOR_DECISION },
      ]),
    );
    run.passMs(1);
    run.settle("two", decisionUntil());
    run.settle("one", decisionUntil());
    run.signal("decision", 1);
    run.signal("decision", 2);
    expect(run.run.status).toBe("COMPLETED");
    expect(run.state.mail.map(({ takenBy }) => takenBy)).toEqual(["one", "two"]);
  });
});
