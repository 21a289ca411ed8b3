import { describe, expect, it } from "vitest";
import { reportOutcome } from "../../../src/consumer/report-outcome.ts";
import type { RpcResult } from "../../../src/runtime/rpc-result.ts";

const SAVED: RpcResult<null> = { ok: true, value: null };
const AWAY: RpcResult<null> = { ok: false, code: "postgres_unavailable", message: "away" };
const REFUSED: RpcResult<null> = { ok: false, code: "internal_error", message: "refused" };

/** A shard that answers so many times with the one, then with the other; tells how long the consumer waited. */
async function reportTo(
  first: RpcResult<null> | "lost",
  times: number,
  then: RpcResult<null> = SAVED,
): Promise<{ readonly calls: number; readonly waitedMs: number; readonly isSaved: boolean }> {
  let calls = 0;
  let waitedMs = 0;
  const reported = reportOutcome(
    async () => {
      calls += 1;
      if (calls > times) {
        return then;
      }
      if (first === "lost") {
        throw new Error("the shard was restarted");
      }
      return first;
    },
    async (ms) => {
      waitedMs += ms;
    },
  );
  const isSaved = await reported.then(
    () => true,
    () => false,
  );
  return { calls, waitedMs, isSaved };
}

describe("the outcome of an attempt", () => {
  it("is reported once when it is saved at once", async () => {
    expect(await reportTo(AWAY, 0)).toEqual({ calls: 1, waitedMs: 0, isSaved: true });
  });

  it.each([["away", AWAY] as const, ["lost", "lost"] as const])(
    "is kept while the shard is %s, for minutes: finished work is not thrown away",
    async (_name, answer) => {
      const report = await reportTo(answer, 60);
      expect(report).toMatchObject({ calls: 61, isSaved: true });
      expect(report.waitedMs).toBeGreaterThan(240_000);
    },
  );

  it("is given up when nobody takes it for more than ten minutes", async () => {
    const report = await reportTo(AWAY, Infinity);
    expect(report.isSaved).toBe(false);
    expect(report.waitedMs).toBeGreaterThan(590_000);
    expect(report.waitedMs).toBeLessThan(700_000);
  });

  it("that only itself is refused is given up soon: another attempt may do better", async () => {
    expect(await reportTo(REFUSED, Infinity)).toMatchObject({ calls: 6, isSaved: false });
  });
});
