import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../src/domain/errors.ts";
import type { LedgerStore } from "../../../src/ledger/ports.ts";
import { WriteWatch } from "../../../src/shard/write-watch.ts";
import { loadOf, saveOf } from "../../contract/ledger/rows.ts";
import { START } from "../../support/ids.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** A store that fails as the test says. */
class Refusing {
  atOpen: Error | null = null;
  atSave: Error | null = null;

  readonly store: LedgerStore = {
    findPlanRefs: async () => new Map(),
    loadPlans: async () => [],
    renewLeases: async () => [],
    open: async () => {
      if (this.atOpen !== null) throw this.atOpen;
      return {
        rows: { runs: new Map(), lockedRuns: new Set(), steps: [], mail: [], workflows: [], earlierRuns: [] },
        load: async () => ({ steps: [], mail: [] }),
        rollback: async () => undefined,
        save: async () => {
          if (this.atSave !== null) throw this.atSave;
          return { inputs: new Map(), results: [], items: [] };
        },
      };
    },
  };
}

function refusedWith(code: string): UnavailableError {
  return new UnavailableError(
    "postgres",
    "PostgreSQL takes no changes for now",
    Object.assign(new Error("no"), { code }),
  );
}

async function write(store: LedgerStore): Promise<void> {
  const transaction = await store.open(loadOf({}));
  await transaction.save(saveOf({}));
}

describe("the watch on the ledger's writes", () => {
  it("remembers a refusal that would meet every write, until a write is taken", async () => {
    const refusing = new Refusing();
    const watch = new WriteWatch(new ManualClock());
    const store = watch.watch(refusing.store);
    await write(store);
    expect(watch.refusal).toBeNull();
    refusing.atSave = refusedWith("53100");
    await expect(write(store)).rejects.toThrow("no changes");
    expect(watch.refusal).toEqual({ at: START, sqlState: "53100" });
    refusing.atSave = null;
    refusing.atOpen = refusedWith("25006");
    await expect(write(store)).rejects.toThrow("no changes");
    expect(watch.refusal).toMatchObject({ sqlState: "25006" });
    refusing.atOpen = null;
    await write(store);
    expect(watch.refusal).toBeNull();
  });

  it.each([
    ["a lock that another held", refusedWith("55P03")],
    ["a lost race", refusedWith("40001")],
    ["a connection that was cut", new UnavailableError("postgres", "PostgreSQL cannot be reached", new Error("cut"))],
    ["a row that PostgreSQL refused", Object.assign(new Error("no"), { code: "23505" })],
  ])("does not take %s for one", async (_, error) => {
    const refusing = new Refusing();
    const watch = new WriteWatch(new ManualClock());
    refusing.atSave = error;
    await expect(write(watch.watch(refusing.store))).rejects.toBe(error);
    expect(watch.refusal).toBeNull();
  });
});
