import { describe, expect, it } from "vitest";
import { completed, decisionUntil, itemsOf, SKIPPED } from "../../support/outcomes.ts";
import { FOR_DECISION, type NodeParts, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

const BODY: readonly NodeParts[] = [{ id: "fetch" }, { id: "store", needs: ["fetch"] }];

function recipe(parts: Partial<NodeParts> = {}): readonly NodeParts[] {
  return [
    { id: "each", body: BODY, ...parts },
    { id: "after", needs: ["each"] },
  ];
}

/** A run whose `foreach` has found its items. */
function expanded(count: number, parts: Partial<NodeParts> = {}, room = 100): TestRun {
  const run = new TestRun(planOf(recipe(parts)), { room });
  run.settle("each", itemsOf(...Array.from({ length: count }, (_, index) => index)));
  return run;
}

function progress(run: TestRun): unknown {
  const { waitingFor } = run.step("each");
  return waitingFor?.kind === "items"
    ? [waitingFor.opened, waitingFor.open, waitingFor.completed, waitingFor.failed]
    : null;
}

function runItem(run: TestRun, index: number): void {
  run.complete(`each[${index}].fetch`, `each[${index}].store`);
}

describe("a foreach", () => {
  it("has rows only for the items that are open", () => {
    const run = expanded(5, { concurrency: 2 });
    expect(run.statuses).toEqual({
      each: "WAITING",
      after: "PENDING",
      "each[0]": "WAITING",
      "each[0].fetch": "RUNNING",
      "each[0].store": "PENDING",
      "each[1]": "WAITING",
      "each[1].fetch": "RUNNING",
      "each[1].store": "PENDING",
    });
    expect([progress(run), run.run.status]).toEqual([[2, 2, 0, 0], "RUNNING"]);
    expect(run.last.items.get(run.step("each").key)).toEqual([0, 1, 2, 3, 4]);
  });

  it("opens the next item when one ends, and goes on when all are done", () => {
    const run = expanded(3, { concurrency: 2 });
    runItem(run, 1);
    expect(progress(run)).toEqual([3, 2, 1, 0]);
    expect([run.step("each[1]").status, run.step("each[2].fetch").status]).toEqual(["COMPLETED", "RUNNING"]);
    runItem(run, 0);
    runItem(run, 2);
    expect([run.step("each").status, run.step("after").status]).toEqual(["COMPLETED", "RUNNING"]);
    expect(run.last.payloads.get(run.step("each").key)).toEqual({ gather: "store" });
    run.complete("after");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("over nothing is done at once", () => {
    const run = expanded(0);
    expect(run.statuses).toEqual({ each: "COMPLETED", after: "RUNNING" });
    expect(run.last.payloads.get(run.step("each").key)).toEqual({ gather: "store" });
  });

  it("whose attempt fails or is skipped opens nothing", () => {
    const run = new TestRun(planOf(recipe()));
    run.settle("each", SKIPPED);
    expect(run.statuses).toEqual({ each: "SKIPPED", after: "RUNNING" });
  });

  it("leaves what it has no room for on the queue, and the message begins it", () => {
    const run = expanded(3, { concurrency: 3 }, 1);
    run.room = 1;
    expect(["each[0].fetch", "each[1].fetch"].map((key) => run.step(key).status)).toEqual(["RUNNING", "PENDING"]);
    expect(run.visibleInMs("each[1].fetch")).toBe(0);
    expect(run.begin("each[1].fetch")).toEqual({ kind: "applied" });
  });

  it("opens no item in a pause; after it, as many as may be open", () => {
    const run = expanded(3, { concurrency: 1 });
    run.pause();
    run.complete("each[0].fetch");
    expect(run.step("each[0].store").status).toBe("PENDING");
    run.resume();
    run.pause();
    run.complete("each[0].store");
    expect([progress(run), run.run.status]).toEqual([[1, 0, 1, 0], "PAUSED"]);
    run.resume();
    expect([progress(run), run.step("each[1].fetch").status]).toEqual([[2, 1, 1, 0], "RUNNING"]);
  });

  it("is canceled with the items that are open", () => {
    const run = expanded(5, { concurrency: 1 });
    runItem(run, 0);
    run.cancel();
    expect(run.statuses).toMatchObject({ each: "CANCELED", "each[0]": "COMPLETED", "each[1]": "CANCELED" });
    expect(run.messages.size).toBe(0);
  });

  it("fails when its outputs come to more than one value can be", () => {
    const run = expanded(3, { concurrency: 1 });
    run.complete("each[0].fetch");
    run.settle("each[0].store", completed("x".repeat(1_048_576)));
    expect(run.step("each")).toMatchObject({ status: "FAILED", error: { code: "output_too_large" } });
    expect(run.run.status).toBe("FAILED");
  });

  it("can be the last step, with a wait inside", () => {
    const run = new TestRun(planOf([{ id: "each", body: [{ id: "ask", wait: FOR_DECISION }] }]));
    run.settle("each", itemsOf("a", "b"));
    run.settle("each[0].ask", decisionUntil());
    run.settle("each[1].ask", decisionUntil());
    expect(run.run.status).toBe("WAITING");
    run.signal("decision", 1);
    run.signal("decision", 2);
    expect(run.run.status).toBe("COMPLETED");
  });
});

describe("an item that fails", () => {
  it("sinks the foreach, after those that are open have ended; no other is opened", () => {
    const run = expanded(5, { concurrency: 2 });
    run.sink("each[0].fetch");
    expect(run.statuses).toMatchObject({ "each[0]": "FAILED", "each[0].store": "CANCELED", each: "WAITING" });
    expect(progress(run)).toEqual([2, 1, 0, 1]);
    runItem(run, 1);
    expect(run.step("each")).toMatchObject({ status: "FAILED", error: { code: "items_failed" } });
    expect(run.run).toMatchObject({ status: "FAILED", failure: { code: "items_failed", step: "each" } });
  });

  it("has its message repeated in whole characters, as far as it is", () => {
    const run = expanded(1);
    const message = `${"x".repeat(299)}😀`;
    run.settle("each[0].fetch", {
      kind: "failed",
      error: { code: "odd", message },
      retryable: false,
      retryAfterMs: null,
    });
    const { error } = run.step("each");
    expect(error?.message).toContain("x".repeat(299));
    expect(error?.message.isWellFormed()).toBe(true);
  });

  it("is retried like any other step first", () => {
    const run = expanded(1);
    run.fail("each[0].fetch");
    expect([run.step("each[0].fetch").status, run.run.status]).toEqual(["RETRYING", "RETRYING"]);
    run.passMs(1_000);
    run.begin("each[0].fetch");
    runItem(run, 0);
    expect(run.step("each").status).toBe("COMPLETED");
  });

  it.each([
    ["a number", { count: 1 }],
    ["a share", { share: 0.34 }],
  ] as const)("is tolerated up to %s", (_, tolerate) => {
    const run = expanded(3, { tolerate });
    run.sink("each[1].fetch");
    runItem(run, 0);
    runItem(run, 2);
    expect(run.statuses).toMatchObject({ each: "COMPLETED", "each[1]": "FAILED", after: "RUNNING" });
    const strict = expanded(3, { tolerate });
    strict.sink("each[1].fetch");
    strict.sink("each[2].fetch");
    runItem(strict, 0);
    expect(strict.step("each").status).toBe("FAILED");
  });

  it("lets what runs beside the failed step finish, and begins nothing more", () => {
    const run = expanded(1, { body: [{ id: "a" }, { id: "b" }, { id: "c", needs: ["b"] }], tolerate: { count: 1 } });
    run.sink("each[0].a");
    expect(run.step("each[0]").status).toBe("WAITING");
    run.complete("each[0].b");
    expect(run.statuses).toMatchObject({ "each[0]": "FAILED", "each[0].c": "CANCELED", each: "COMPLETED" });
  });

  it("goes on when its step says `onError: continue`; so does the run when the foreach says so", () => {
    const run = expanded(1, {
      body: [
        { id: "a", onError: "continue" },
        { id: "b", needs: ["a"] },
      ],
    });
    run.sink("each[0].a");
    expect(run.step("each[0].b").status).toBe("RUNNING");
    const outer = expanded(1, { onError: "continue" });
    outer.sink("each[0].fetch");
    expect(outer.statuses).toMatchObject({ each: "FAILED", after: "RUNNING" });
  });

  it("does not keep a run from failing by another step", () => {
    const run = new TestRun(planOf([{ id: "each", body: BODY }, { id: "other" }]));
    run.settle("each", itemsOf(1, 2));
    run.sink("other");
    expect(run.run.status).toBe("RUNNING");
    run.complete("each[0].fetch", "each[1].fetch");
    expect(run.statuses).toMatchObject({ each: "CANCELED", "each[0]": "CANCELED", "each[0].store": "CANCELED" });
    expect(run.run.status).toBe("FAILED");
  });
});

describe("a retry of a run with items", () => {
  it("runs only the items again that failed, as many at a time as may be open", () => {
    const run = expanded(4, { concurrency: 1, tolerate: { count: 2 } });
    runItem(run, 0);
    run.sink("each[1].fetch");
    run.sink("each[2].fetch");
    run.sink("each[3].fetch");
    expect(run.run.status).toBe("FAILED");
    run.retry();
    expect(run.statuses).toMatchObject({
      each: "WAITING",
      "each[0]": "COMPLETED",
      "each[1]": "WAITING",
      "each[1].fetch": "RUNNING",
      "each[2]": "PENDING",
      "each[3]": "PENDING",
      after: "PENDING",
    });
    runItem(run, 1);
    expect(run.statuses).toMatchObject({ "each[1]": "COMPLETED", "each[2].fetch": "RUNNING" });
    runItem(run, 2);
    runItem(run, 3);
    expect(run.step("after").status).toBe("RUNNING");
    run.complete("after");
    expect(run.run).toMatchObject({
      status: "COMPLETED",
      counts: { completed: 14, failed: 0, canceled: 0, blocked: 0 },
    });
  });

  it("goes on where it was when another step sank the run", () => {
    const run = new TestRun(planOf([{ id: "each", body: BODY, concurrency: 1 }, { id: "other" }]));
    run.settle("each", itemsOf(1, 2));
    runItem(run, 0);
    run.complete("each[1].fetch");
    run.sink("other");
    run.complete("each[1].store");
    expect(run.run.status).toBe("FAILED");
    run.retry();
    expect(run.statuses).toMatchObject({ each: "COMPLETED", other: "RUNNING" });
  });

  it("from the foreach itself begins it anew, without what the first time left", () => {
    const run = expanded(2);
    runItem(run, 0);
    run.sink("each[1].fetch");
    run.retry("each");
    expect(run.statuses).toEqual({ each: "RUNNING", after: "PENDING" });
    expect([...run.last.emptied]).toEqual(["each"]);
    run.settle("each", itemsOf("new"));
    runItem(run, 0);
    run.complete("after");
    expect(run.run).toMatchObject({ status: "COMPLETED", counts: { completed: 5 } });
  });

  it("from an item runs all of it again, and what follows the foreach", () => {
    const run = expanded(2);
    run.complete("each[0].fetch", "each[0].store", "each[1].fetch", "each[1].store");
    run.sink("after");
    run.retry("each[1]");
    expect(run.statuses).toMatchObject({
      each: "WAITING",
      "each[0].fetch": "COMPLETED",
      "each[1]": "WAITING",
      "each[1].fetch": "RUNNING",
      "each[1].store": "PENDING",
      after: "PENDING",
    });
    run.complete("each[1].fetch", "each[1].store", "after");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("from a step of an item runs it again, what follows in the item, and what follows the foreach", () => {
    const run = expanded(2, { body: [...BODY, { id: "note", needs: ["store"] }] });
    run.complete("each[0].fetch", "each[0].store", "each[0].note", "each[1].fetch", "each[1].store", "each[1].note");
    run.sink("after");
    run.retry("each[1].store");
    expect(run.statuses).toMatchObject({
      each: "WAITING",
      "each[0]": "COMPLETED",
      "each[1]": "WAITING",
      "each[1].fetch": "COMPLETED",
      "each[1].store": "RUNNING",
      "each[1].note": "PENDING",
      after: "PENDING",
    });
    run.complete("each[1].store", "each[1].note", "after");
    expect(run.run.status).toBe("COMPLETED");
  });
});
