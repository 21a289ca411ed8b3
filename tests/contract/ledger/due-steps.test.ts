import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalDatabase, openDatabase } from "../../../scripts/stack/database.ts";
import { migrateDatabase } from "../../../scripts/stack/migrate.ts";
import { ObjectClock } from "../../../src/adapters/object-clock.ts";
import { openApiDatabase } from "../../../src/adapters/postgres/api/api-database.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { findDueMessages } from "../../../src/adapters/postgres/due-messages.ts";
import { createLedgerStore } from "../../../src/adapters/postgres/ledger-store.ts";
import type { ApiDatabase } from "../../../src/api/database.ts";
import { createRunId, type RunId } from "../../../src/domain/ids.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { PlanCache } from "../../../src/ledger/plan-cache.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import type { DueMessages } from "../../../src/shard/dispatch/ports.ts";
import { readRuns } from "../../stack/stored-run.ts";
import { stepKeyOf } from "../../support/ids.ts";
import { environmentOf, requestOf, startOf } from "../../support/ledger-environment.ts";
import { MemoryLedgerStore } from "../../support/memory-ledger-store.ts";
import { failed, FATAL } from "../../support/outcomes.ts";
import { planOf, RETRY } from "../../support/plans.ts";
import { RecordingCapacity } from "../../support/recording-capacity.ts";
import { LEASE_MS } from "../../support/test-run.ts";
import { saveWorkflow } from "./save-workflow.ts";

const NOW = new Date("2026-03-01T12:00:00.000Z");
const HOUR_MS = 3_600_000;
const NEXT_HOUR = new Date(NOW.getTime() + HOUR_MS);
const BY = { actor: "key:tester", reason: null };

const LANES = { lanes: 1, callsPerLane: 1, waitingMax: 10, waitMsMax: 10_000 };

interface Opened {
  readonly database: LocalDatabase;
  readonly source: PoolSource;
  readonly api: ApiDatabase;
  readonly ledger: Ledger;
}

/** Each test has a shard of its own, so that it sees its own steps only. */
describe("what is due", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-due-"));
  const capacity = new RecordingCapacity();
  let opened: Opened | null = null;
  let shard = 0;
  let ledgerNow = NOW;

  beforeAll(async () => {
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    const database = await openDatabase({ dataDir, password: "for-this-test", events });
    await migrateDatabase(database.databaseUrl);
    const parts = [{ id: "a" }, { id: "b", needs: [] }, { id: "c", needs: [] }];
    await saveWorkflow(database.databaseUrl, { recipe: {}, plan: planOf(parts, { timeoutMs: 2 * HOUR_MS }) });
    const source = new PoolSource(
      { url: database.databaseUrl, openSocket: null },
      {
        connectionsMax: 3,
        isReserved: true,
        clock: new ObjectClock(),
        idleMs: null,
      },
    );
    const store = createLedgerStore(source);
    const ledger = new Ledger(
      { ...environmentOf(new MemoryLedgerStore()), store, plans: new PlanCache(store, readPlan), now: () => ledgerNow },
      capacity,
    );
    const api = openApiDatabase(
      { url: database.databaseUrl, openSocket: null },
      { reads: LANES, first: LANES, idleMs: 10_000 },
      new ObjectClock(),
    );
    opened = { database, source, api, ledger };
  });

  afterAll(async () => {
    opened?.source.discard(opened.source.pool);
    await opened?.database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function require(): Opened {
    if (opened === null) throw new Error("the database is not open");
    return opened;
  }

  /** Starts a run on a fresh shard: so many of its three steps run, the others are ready. */
  async function start(places: number): Promise<RunId> {
    shard += 1;
    capacity.places = places;
    const runId = createRunId(NOW, shard, crypto.getRandomValues(new Uint8Array(8)));
    await require().ledger.start({ ...startOf(), runId });
    return runId;
  }

  async function settle(runId: RunId, key: string, outcome = FATAL): Promise<void> {
    const begun = capacity.commits.flatMap(({ assignments }) => assignments);
    const found = begun.find((assignment) => assignment.runId === runId && assignment.stepKey === key);
    if (found === undefined) throw new Error(`step ${key} was not begun`);
    const { stepKey, attempt, token } = found;
    await require().ledger.apply(requestOf(runId, { type: "settle", stepKey, attempt, token, outcome }));
  }

  async function sweepAt(now: Date, until: Date): Promise<DueMessages> {
    return findDueMessages(require().source, { shard, now, until, leaseMs: LEASE_MS });
  }

  /** The keys of what a sweep finds, an hour from now. */
  async function due(): Promise<readonly string[]> {
    const { due: messages } = await sweepAt(NOW, NEXT_HOUR);
    return messages.map(({ member }) => member.slice(member.indexOf("/") + 1)).toSorted();
  }

  async function strayed(now: Date): Promise<readonly string[]> {
    const { strayed: messages } = await sweepAt(now, now);
    expect(messages.every(({ visibleAt }) => visibleAt === now)).toBe(true);
    return messages.map(({ member }) => member.slice(member.indexOf("/") + 1)).toSorted();
  }

  async function end(runId: RunId): Promise<void> {
    await require().ledger.apply(requestOf(runId, { type: "cancel", ...BY }));
  }

  it("are steps that are ready and leases that run out", async () => {
    const runId = await start(1);
    expect(await due()).toEqual(["a", "b", "c"]);
    expect((await require().api.state.look(NOW)).oldestDueAt).toEqual(NOW);
    await end(runId);
  });

  it("is not what a paused run holds back, but for the leases of its attempts", async () => {
    const runId = await start(1);
    await require().ledger.apply(requestOf(runId, { type: "pause", ...BY }));
    expect(await due()).toEqual(["a"]);
    expect((await require().api.state.look(NOW)).oldestDueAt).toBeNull();
    expect((await require().api.state.look(NEXT_HOUR)).oldestDueAt).toEqual(new Date(NOW.getTime() + LEASE_MS));
    await end(runId);
  });

  it("is not what a failing run holds back, but for the leases of its attempts", async () => {
    const runId = await start(2);
    capacity.places = 0;
    await settle(runId, "a");
    expect(await due()).toEqual(["b"]);
    expect((await require().api.state.look(NOW)).oldestDueAt).toBeNull();
    await end(runId);
  });

  it("too late by a clock that moved back are leases, ready steps, backoffs and deadlines", async () => {
    const runId = await start(2);
    capacity.places = 0;
    await settle(runId, "a", failed());
    expect(await strayed(NOW)).toEqual([]);
    const before = new Date(NOW.getTime() - HOUR_MS);
    expect(await strayed(before)).toEqual(["a", "b", "c", "run:deadline"]);
    // What their messages do bounds the waits, and that is saved; the step that is ready waits for room.
    ledgerNow = before;
    for (const key of ["a", "b", "c"]) {
      await require().ledger.apply(
        requestOf(runId, { type: "wake", target: { kind: "step", stepKey: stepKeyOf(key) } }),
      );
    }
    await require().ledger.apply(requestOf(runId, { type: "wake", target: { kind: "deadline" } }));
    const { due: bounded } = await sweepAt(before, NOW);
    expect(bounded.map(({ member, visibleAt }) => [member.slice(runId.length + 1), visibleAt])).toEqual([
      ["a", new Date(before.getTime() + RETRY.delayMs)],
      ["b", new Date(before.getTime() + LEASE_MS)],
      ["c", NOW],
    ]);
    const [stored] = await readRuns(require().source.pool, [runId]);
    expect(stored?.run.deadlineAt).toEqual(new Date(before.getTime() + 2 * HOUR_MS));
    await end(runId);
  });
});
