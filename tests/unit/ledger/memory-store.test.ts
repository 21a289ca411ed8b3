import { describeLedgerStore } from "../../contract/ledger/store-contract.ts";
import { MemoryLedgerStore } from "../../support/memory-ledger-store.ts";

// What the simulation shows of the engine holds as far as these rows behave as PostgreSQL's do.
describeLedgerStore("memory", async () => {
  const store = new MemoryLedgerStore();
  return {
    store,
    findDue: async (sweep) => store.database.findDue(sweep),
    saveWorkflow: async (plan, version, enabled) => {
      store.addWorkflow(plan, version, enabled);
    },
    lockRun: async (runId) => {
      store.locked.add(runId);
      return async () => {
        store.locked.delete(runId);
      };
    },
    readEvents: async (runId) => store.events.filter((event) => event.runId === runId),
    close: async () => undefined,
  };
});
