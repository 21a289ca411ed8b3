import { UnavailableError } from "../../src/domain/errors.ts";
import type { LedgerStore } from "../../src/ledger/ports.ts";
import type { DueMessages } from "../../src/shard/dispatch/ports.ts";
import type { Queue } from "../../src/shard/dispatch/queue.ts";
import { LEASE_MS } from "../support/test-run.ts";
import { callOutside, type Caller } from "./call-outside.ts";
import type { Plant } from "./plant.ts";
import type { QueuePoint, StorePoint } from "./schedule.ts";

/** How long it may take until PostgreSQL notices that a session is gone, in ms. */
const SESSION_MS = { soon: 40, late: 20_000 };

/** A copy of a shard with the transactions that it has open. */
export interface StoreCaller extends Caller {
  readonly transactions: Set<symbol>;
}

/**
 * Ends a transaction as PostgreSQL does whose client is gone: some time later.
 *
 * @param caller - Whose it was.
 * @param transaction - The transaction.
 */
export function abandonTransaction({ outside, transactions }: StoreCaller, transaction: symbol): void {
  const draws = outside.faults.drawsFor("session");
  const delayMs = draws.between(0, draws.chance(0.7) ? SESSION_MS.soon : SESSION_MS.late);
  transactions.delete(transaction);
  outside.scheduler.after(delayMs, () => outside.database.end(transaction));
}

/**
 * Makes the store of a copy of a shard.
 *
 * @param caller - The copy.
 * @param plant - A mistake that is planted, if any.
 * @returns The store, over the rows that all copies share.
 */
export function createStore(caller: StoreCaller, plant: Plant): LedgerStore {
  const { outside } = caller;
  const { database } = outside;
  const call = async <Value>(point: StorePoint, work: () => Value): Promise<Value> =>
    callOutside(caller, { point, work, unavailable: () => new UnavailableError("postgres", `no answer to ${point}`) });
  return {
    findPlanRefs: async (runIds) => call("findPlanRefs", () => database.findPlanRefs(runIds)),
    loadPlans: async (refs) => call("loadPlans", () => database.loadPlans(refs)),
    renewLeases: async (leases, expiresAt) => call("renewLeases", () => database.renewLeases(leases, expiresAt)),
    open: async (request) => {
      const id = Symbol(caller.name);
      const rows = await orAbandon(caller, id, async () =>
        call("open", () => {
          const loaded = database.begin(request, id);
          caller.transactions.add(id);
          if (caller.isLost) {
            abandonTransaction(caller, id);
          }
          return loaded;
        }),
      );
      return {
        rows,
        load: async (query) => call("load", () => database.find([query])),
        save: async (saved) => {
          const changed = plant.save?.(saved) ?? saved;
          const read = await orAbandon(caller, id, async () => call("save", () => outside.commit(changed, id)));
          caller.transactions.delete(id);
          return read;
        },
        rollback: async () => orAbandon(caller, id, async () => call("rollback", () => database.end(id))),
      };
    },
  };
}

/** An adapter that has a bad answer, or none, throws the connection away. */
async function orAbandon<Value>(caller: StoreCaller, transaction: symbol, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    abandonTransaction(caller, transaction);
    throw error;
  }
}

/**
 * Makes the sweeper's look at the rows.
 *
 * @param caller - The copy of a shard that sweeps.
 * @param plant - A mistake that is planted, if any.
 * @returns Finds what should be on the queue.
 */
export function createFindDue(caller: Caller, plant: Plant): (now: Date, until: Date) => Promise<DueMessages> {
  return async (now, until) =>
    callOutside(caller, {
      point: "findDue",
      work: () => {
        const found = caller.outside.database.findDue({ shard: 0, now, until, leaseMs: LEASE_MS });
        return plant.due?.(found) ?? found;
      },
      unavailable: () => new UnavailableError("postgres", "no answer to findDue"),
    });
}

/**
 * Makes the queue of a copy of a shard.
 *
 * @param caller - The copy.
 * @returns The queue, over the messages that all copies share.
 */
export function createQueue(caller: Caller): Queue {
  const { queue } = caller.outside;
  const call = async <Value>(point: QueuePoint, work: () => Promise<Value>): Promise<Value> =>
    callOutside(caller, { point, work, unavailable: () => new UnavailableError("redis", `no answer to ${point}`) });
  return {
    claim: async (request) => call("claim", async () => queue.claim(request)),
    write: async (added, removed) => call("write", async () => queue.write(added, removed)),
    hide: async (members, hiddenUntil) => call("hide", async () => queue.hide(members, hiddenUntil)),
    restore: async (messages, hiddenUntilMax) => call("restore", async () => queue.restore(messages, hiddenUntilMax)),
    stats: async (now) => queue.stats(now),
  };
}
