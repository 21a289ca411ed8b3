import { describe, expect, it } from "vitest";
import type { DatabaseState } from "../../../../src/api/health/port.ts";
import { CommitCounters } from "../../../../src/shard/counters.ts";
import type { WriteRefusal } from "../../../../src/shard/rpc.ts";
import { AWAY_DATABASE, AWAY_SHARDS, send } from "../fake-services.ts";

const WELL: DatabaseState = { oldestDueAt: null, writes: "taken" };

/** The instant of the fake services is 12:00. */
const NOON = Date.parse("2026-07-01T12:00:00.000Z");

async function health(state: DatabaseState, writeRefusal: WriteRefusal | null = null): Promise<unknown> {
  const { body } = await send(
    { path: "/api/health" },
    {
      database: { ...AWAY_DATABASE, state: { look: async () => state } },
      shards: {
        ...AWAY_SHARDS,
        stats: async (shard) => ({
          shard,
          queue: { depth: 0, dueCount: 0, lagMs: 0 },
          openAttempts: 0,
          openStreams: 0,
          ledger: { batches: 0, requests: 0, replays: 0 },
          writeRefusal,
          counters: new CommitCounters().snapshot(),
        }),
      },
    },
  );
  return body;
}

function minutesAgo(minutes: number): Date {
  return new Date(NOON - minutes * 60_000);
}

function refused(minutes: number, sqlState: string): WriteRefusal {
  return { at: minutesAgo(minutes), sqlState };
}

describe("health", () => {
  it("is ok when PostgreSQL takes writes and nothing is overdue", async () => {
    expect(await health(WELL)).toMatchObject({ status: "ok", postgres: "ok", redis: "ok", faults: [] });
  });

  it.each([
    { state: { ...WELL, writes: "standby" }, refusal: null, postgres: "standby", meaning: /standby.*primary/ },
    { state: { ...WELL, writes: "read_only" }, refusal: null, postgres: "read_only", meaning: /read only/ },
    { state: WELL, refusal: refused(1, "53100"), postgres: "refuses_writes", meaning: /11:59.*disk is full/ },
    { state: WELL, refusal: refused(14, "58030"), postgres: "refuses_writes", meaning: /SQLSTATE 58030/ },
  ] as const)("says why PostgreSQL takes no changes: $meaning", async ({ state, refusal, postgres, meaning }) => {
    expect(await health(state, refusal)).toMatchObject({
      status: "degraded",
      postgres,
      faults: [{ part: "postgres", meaning: expect.stringMatching(meaning) }],
    });
  });

  it("makes nothing of a refusal that is long past", async () => {
    expect(await health(WELL, refused(16, "53100"))).toMatchObject({ status: "ok" });
  });

  it("tells of a step that nobody has begun for a minute", async () => {
    expect(await health({ ...WELL, oldestDueAt: minutesAgo(2) })).toMatchObject({
      status: "degraded",
      faults: [{ part: "dispatch" }],
    });
  });
});
