import { describe, expect, it } from "vitest";
import { itemsOf } from "../../support/outcomes.ts";
import { type NodeParts, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

describe("a foreach in a foreach", () => {
  const NESTED: readonly NodeParts[] = [
    {
      id: "outer",
      body: [{ id: "inner", body: [{ id: "x" }], concurrency: 1 }],
      concurrency: 1,
      tolerate: { count: 1 },
    },
  ];

  it("ends from the inside out", () => {
    const run = new TestRun(planOf(NESTED));
    run.settle("outer", itemsOf(0, 1));
    run.settle("outer[0].inner", itemsOf("a", "b"));
    run.complete("outer[0].inner[0].x");
    expect(run.step("outer[0].inner[1].x").status).toBe("RUNNING");
    run.complete("outer[0].inner[1].x");
    expect(run.statuses).toMatchObject({
      "outer[0].inner": "COMPLETED",
      "outer[0]": "COMPLETED",
      "outer[1].inner": "RUNNING",
    });
    run.settle("outer[1].inner", itemsOf());
    expect(run.run.status).toBe("COMPLETED");
    expect([...run.last.payloads.values()]).toEqual([{ gather: "x" }, { gather: "inner" }]);
  });

  it("fails from the inside out, up to what tolerates it", () => {
    const run = new TestRun(planOf(NESTED));
    run.settle("outer", itemsOf(0, 1));
    run.settle("outer[0].inner", itemsOf("a", "b"));
    run.sink("outer[0].inner[0].x");
    expect(run.statuses).toMatchObject({
      "outer[0].inner": "FAILED",
      "outer[0]": "FAILED",
      "outer[1].inner": "RUNNING",
    });
    run.settle("outer[1].inner", itemsOf());
    expect(run.run.status).toBe("COMPLETED");
  });

  it("does not hold up an item that fails by another step: what has not begun in it never does", () => {
    const body = [{ id: "inner", body: [{ id: "x" }] }, { id: "y" }];
    const run = new TestRun(planOf([{ id: "outer", body, tolerate: { count: 1 } }]));
    run.settle("outer", itemsOf(0));
    run.room = 1;
    run.settle("outer[0].inner", itemsOf("a", "b"));
    expect(run.statuses).toMatchObject({ "outer[0].inner[0].x": "RUNNING", "outer[0].inner[1].x": "PENDING" });
    run.sink("outer[0].y");
    expect(run.statuses).toMatchObject({ "outer[0]": "WAITING", "outer[0].inner[0].x": "RUNNING" });
    run.complete("outer[0].inner[0].x");
    expect(run.statuses).toMatchObject({
      "outer[0].inner[0]": "COMPLETED",
      "outer[0].inner[1].x": "CANCELED",
      "outer[0].inner": "CANCELED",
      "outer[0]": "FAILED",
    });
    expect(run.run.status).toBe("COMPLETED");
  });
});
