import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/domain/json.ts";
import type { Assignment } from "../../../src/domain/run/outcome.ts";
import { createExecute } from "../../../src/shard/consumer-call.ts";
import type { SettleReport } from "../../../src/shard/rpc.ts";
import { createAssignment } from "../steps/assignments.ts";

/** Calls across a boundary that copies what crosses it. */
async function callByCopy(assignment: Assignment): Promise<void> {
  structuredClone(assignment);
}

/** Hands an assignment over, and gives what was reported in its place. */
async function reportsOf(
  assignment: Assignment,
  call: (assignment: Assignment) => Promise<void>,
): Promise<readonly SettleReport[]> {
  const reports: SettleReport[] = [];
  const settle = async (report: SettleReport): Promise<number> => reports.push(report);
  await createExecute({ call, settle })(assignment);
  return reports;
}

describe("an attempt on its way to a consumer", () => {
  it("is reported by nobody here when it was handed over", async () => {
    expect(await reportsOf(createAssignment({ with: "x" }), callByCopy)).toEqual([]);
  });

  it("fails at once, with the reason, when what it reads cannot be handed over", async () => {
    const unsendable: Json = Object.assign({}, { read: () => 1 }, null);
    const assignment = createAssignment({ with: "x", input: unsendable });
    const [report] = await reportsOf(assignment, callByCopy);
    expect(report).toMatchObject({
      token: assignment.token,
      outcome: {
        kind: "failed",
        retryable: false,
        error: { code: "reads_not_sendable", message: expect.stringContaining("could not be cloned") },
      },
    });
  });

  it("fails at once when it reads more than a call can carry", async () => {
    const [report] = await reportsOf(createAssignment({ with: "x" }), async () => {
      throw new Error("Serialized RPC arguments or return values are limited to 32MiB, but the size was: 34603030");
    });
    expect(report).toMatchObject({ outcome: { retryable: false, error: { code: "reads_too_large" } } });
  });

  it("is lost, and so repeated, when the call broke off", async () => {
    const call = reportsOf(createAssignment({ with: "x" }), async () => {
      throw new Error("The script was reloaded");
    });
    await expect(call).rejects.toThrow("reloaded");
  });
});
