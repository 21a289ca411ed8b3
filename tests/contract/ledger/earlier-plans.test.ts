import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalDatabase, openDatabase } from "../../../scripts/stack/database.ts";
import { migrateDatabase } from "../../../scripts/stack/migrate.ts";
import { ObjectClock } from "../../../src/adapters/object-clock.ts";
import { openApiDatabase } from "../../../src/adapters/postgres/api/api-database.ts";
import { PoolSource } from "../../../src/adapters/postgres/client.ts";
import { createLedgerStore } from "../../../src/adapters/postgres/ledger-store.ts";
import type { ApiDatabase } from "../../../src/api/database.ts";
import { viewRun } from "../../../src/api/runs/view.ts";
import { viewWorkflow } from "../../../src/api/workflows/view.ts";
import type { Outcome } from "../../../src/domain/run/outcome.ts";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { PlanCache } from "../../../src/ledger/plan-cache.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import { EARLIER_VERSION } from "../../support/earlier-version.ts";
import { nameOf, runIdOf } from "../../support/ids.ts";
import { environmentOf, requestOf, startOf } from "../../support/ledger-environment.ts";
import { MemoryLedgerStore } from "../../support/memory-ledger-store.ts";
import { completed, FATAL } from "../../support/outcomes.ts";
import { RecordingCapacity } from "../../support/recording-capacity.ts";
import { saveWorkflow } from "./save-workflow.ts";

const LANES = { lanes: 1, callsPerLane: 1, waitingMax: 10, waitMsMax: 10_000 };
const RUN = runIdOf(0);

interface Opened {
  readonly database: LocalDatabase;
  readonly source: PoolSource;
  readonly api: ApiDatabase;
}

describe("a workflow whose plan an earlier release compiled", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-earlier-"));
  let opened: Opened | null = null;

  beforeAll(async () => {
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    const database = await openDatabase({ dataDir, password: "for-this-test", events });
    await migrateDatabase(database.databaseUrl);
    await saveWorkflow(database.databaseUrl, EARLIER_VERSION);
    const clock = new ObjectClock();
    const server = { url: database.databaseUrl, openSocket: null };
    const source = new PoolSource(server, { connectionsMax: 3, isReserved: true, clock, idleMs: null });
    const api = openApiDatabase(server, { reads: LANES, first: LANES, idleMs: 10_000 }, clock);
    opened = { database, source, api };
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

  it("starts runs, and a shard that has never seen them takes them to their end", async () => {
    const first = await openShard();
    expect(await first.start()).toMatchObject({ kind: "started", run: { labels: { team: "sales" } } });
    await first.settle("a", completed(3));
    const next = await openShard(first.capacity);
    await next.settle("free", completed([1]));
    await next.settle("call", FATAL);
    await next.settle("run:output", completed({ a: 3 }));
    expect(first.capacity.handedOver).toEqual(["a", "free", "call", "run:output"]);
    const { api } = require();
    expect(await api.runs.findState(RUN)).toMatchObject({ status: "COMPLETED" });
    const run = await api.runs.find(RUN);
    expect(run === null ? null : viewRun(run)).toMatchObject({
      output: { a: 3 },
      steps: [
        { key: "a", needs: [] },
        { key: "call", needs: ["a"] },
        { key: "free", needs: [] },
        { key: "run:output", needs: ["call", "free"] },
      ],
    });
    expect(await api.runs.findPayload(RUN, "output")).toEqual({ value: { a: 3 } });
    expect(await api.runs.findResult(RUN)).toMatchObject({ output: { kind: "whole", value: { a: 3 } } });
    expect(await api.runs.findInputSchema(RUN)).toEqual({ schema: EARLIER_VERSION.plan.inputSchema });
  });

  it("is shown as it always was", async () => {
    const workflow = await require().api.workflows.find(nameOf("orders"), null);
    expect(workflow === null ? null : viewWorkflow(workflow)).toMatchObject({
      recipe: EARLIER_VERSION.recipe,
      plan: {
        nodes: [
          { id: "a", type: "transform", worstCaseMs: 93_000 },
          { id: "call", type: "http", attempts: 2 },
          { id: "free", type: "transform" },
          { id: "run:output", type: "output" },
        ],
        worstCaseMs: 247_000,
      },
    });
  });

  /** A shard with empty caches; what was handed over is known to the one after it. */
  async function openShard(capacity = new RecordingCapacity()): Promise<Shard> {
    const store = createLedgerStore(require().source);
    const environment = { ...environmentOf(new MemoryLedgerStore()), store, plans: new PlanCache(store, readPlan) };
    const ledger = new Ledger(environment, capacity);
    return {
      capacity,
      start: async () => ledger.start({ ...startOf(0), runId: RUN }),
      settle: async (key, outcome) => {
        const begun = capacity.commits.flatMap(({ assignments }) => assignments);
        const found = begun.findLast(({ stepKey }) => stepKey === key);
        if (found === undefined) throw new Error(`step ${key} was not begun`);
        const { stepKey, attempt, token } = found;
        const request = requestOf(RUN, { type: "settle", stepKey, attempt, token, outcome });
        expect(await ledger.apply(request)).toEqual({ kind: "applied" });
      },
    };
  }
});

interface Shard {
  readonly capacity: RecordingCapacity;
  readonly start: () => ReturnType<Ledger["start"]>;
  readonly settle: (key: string, outcome: Outcome) => Promise<void>;
}
