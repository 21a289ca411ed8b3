import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalDatabase, openDatabase } from "../../../scripts/stack/database.ts";
import { migrateDatabase } from "../../../scripts/stack/migrate.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { createLedgerStore } from "../../../src/adapters/postgres/ledger-store.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system-clock.ts";
import { createRunId, type RunId } from "../../../src/domain/ids.ts";
import type { Command } from "../../../src/domain/run/command.ts";
import type { Assignment } from "../../../src/domain/run/outcome.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { PlanCache } from "../../../src/ledger/plan-cache.ts";
import type { CommandReply } from "../../../src/ledger/request.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import { findFaults } from "../../stack/run-faults.ts";
import { readRuns } from "../../stack/stored-run.ts";
import { stepKeyOf } from "../../support/ids.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { completed } from "../../support/outcomes.ts";
import { CHAIN, planOf } from "../../support/plans.ts";
import { RecordingCapacity } from "../../support/recording-capacity.ts";
import { sha256 } from "../../support/sha256.ts";
import { saveWorkflow } from "./save-workflow.ts";

const RUNS = 40;
const COPIES = 2;

/** One copy of a shard: its own connections, its own caches, its own batches. */
interface Copy {
  readonly ledger: Ledger;
  readonly capacity: RecordingCapacity;
  readonly source: PoolSource;
}

function openCopy(databaseUrl: string): Copy {
  const source = new PoolSource(
    { url: databaseUrl, openSocket: null },
    {
      connectionsMax: 3,
      isReserved: true,
      clock: SYSTEM_CLOCK,
      idleMs: null,
    },
  );
  const store = createLedgerStore(source);
  const capacity = new RecordingCapacity();
  const ledger = new Ledger(
    {
      store,
      plans: new PlanCache(store, readPlan),
      hash: sha256,
      checkValue: (_schema, input) => ({ ok: true, input }),
      now: () => new Date(),
      after: (delayMs, callback) => {
        setTimeout(callback, delayMs);
      },
      random: () => ({ seed: crypto.randomUUID(), fraction: 1 }),
      leaseMs: 60_000,
    },
    capacity,
  );
  return { ledger, capacity, source };
}

describe("two copies of a shard that overlap", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-ledger-"));
  const runIds = Array.from({ length: RUNS }, () =>
    createRunId(new Date(), 0, crypto.getRandomValues(new Uint8Array(8))),
  );
  let database: LocalDatabase | null = null;
  let copies: readonly Copy[] = [];

  beforeAll(async () => {
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    database = await openDatabase({ dataDir, password: "for-this-test", events });
    await migrateDatabase(database.databaseUrl);
    await saveWorkflow(database.databaseUrl, { recipe: {}, plan: planOf(CHAIN) });
    const { databaseUrl } = database;
    copies = Array.from({ length: COPIES }, () => openCopy(databaseUrl));
  });

  afterAll(async () => {
    for (const { source } of copies) {
      source.discard(source.pool);
    }
    await database?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Sends commands about every run to every copy, all at the same time; gives the replies by run. */
  async function applyEverywhere(commandOf: (runId: RunId) => Command): Promise<readonly (readonly CommandReply[])[]> {
    return Promise.all(
      runIds.map((runId) => Promise.all(copies.map(({ ledger }) => ledger.apply(requestOf(runId, commandOf(runId)))))),
    );
  }

  async function startOnFirst(runId: RunId): Promise<void> {
    await copies[0]?.ledger.start({ ...startOf(), runId });
  }

  function setRoom(places: number): void {
    for (const { capacity } of copies) {
      capacity.places = places;
    }
  }

  /** Attempts that the copies handed over since the last time. */
  function takeAssignments(): ReadonlyMap<RunId, readonly Assignment[]> {
    const assignments = copies.flatMap(({ capacity }) =>
      capacity.commits.splice(0).flatMap((commit) => commit.assignments),
    );
    return Map.groupBy(assignments, ({ runId }) => runId);
  }

  it("cannot both begin a step, nor both settle it, and their writes make one unbroken log", async () => {
    // Without room, steps wait to be begun by a message.
    setRoom(0);
    await Promise.all(runIds.map(startOnFirst));
    for (const { id } of CHAIN) {
      const stepKey = stepKeyOf(id);
      setRoom(RUNS);
      const begun = await applyEverywhere(() => ({ type: "wake", target: { kind: "step", stepKey } }));
      expect(begun.map((replies) => replies.filter(({ kind }) => kind === "applied").length)).toEqual(
        runIds.map(() => 1),
      );
      const assignments = takeAssignments();
      expect(runIds.map((runId) => assignments.get(runId)?.length)).toEqual(runIds.map(() => 1));
      setRoom(0);
      const settled = await applyEverywhere((runId) => settleOf(assignments.get(runId)));
      expect(settled.flat().map(({ kind }) => kind)).toEqual(settled.flat().map(() => "applied"));
    }
    // Row locks keep the copies apart; without them a batch would run into the other's rows and be replayed.
    expect(copies.map(({ ledger }) => ledger.counters.replays)).toEqual([0, 0]);
    const sql = postgres(database?.databaseUrl ?? "", { max: 1 });
    try {
      const stored = await readRuns(sql, runIds);
      expect(stored.flatMap(findFaults)).toEqual([]);
      expect(stored.map(({ run, steps }) => [run.status, steps.map(({ attempt }) => attempt)])).toEqual(
        runIds.map(() => ["COMPLETED", [1, 1, 1]]),
      );
    } finally {
      await sql.end({ timeout: 5 });
    }
  });
});

function settleOf(assignments: readonly Assignment[] = []): Command {
  const [assignment] = assignments;
  if (assignment === undefined) {
    throw new Error("nobody was handed the step");
  }
  const { stepKey, attempt, token } = assignment;
  return { type: "settle", stepKey, attempt, token, outcome: completed("done") };
}
