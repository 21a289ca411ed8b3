import { describe, expect, it } from "vitest";
import type { RunId } from "../../../src/domain/ids.ts";
import { stepQuery } from "../../../src/domain/run/concerns.ts";
import type { Mail } from "../../../src/domain/run/mailbox.ts";
import type { RunMail } from "../../../src/ledger/ports.ts";
import { stepKeyOf } from "../../support/ids.ts";
import { at, changeOf, loadOf, newRun, newRunId, ODD_VALUES, runOf } from "./rows.ts";
import type { StoreBench } from "./store-bench.ts";

/**
 * Describes how the signals of a run are kept.
 *
 * @param bench - The store that is tested.
 */
export function describeMail(bench: StoreBench): void {
  describe("a mailbox", () => {
    it("keeps signals with any payload, oldest first, by name", async () => {
      const [runId, mail] = await runWith(bench, ...ODD_VALUES.map((payload) => ({ payload })), { name: "sent" });
      expect(await find(bench, runId)).toEqual(mail.slice(0, -1));
      expect(await find(bench, runId, "sent")).toEqual(mail.slice(-1));
      expect(await find(bench, runId, "none")).toEqual([]);
    });

    it("keeps the order in which signals came, whatever their instants and keys say", async () => {
      const [runId, first] = await runWith(bench, { idempotencyKey: "z", receivedAt: at(9) });
      const later = [mailOf(runId, { idempotencyKey: "m" }), mailOf(runId, { idempotencyKey: "a" })];
      await save(bench, later);
      expect(await find(bench, runId)).toEqual([...first, ...later]);
    });

    it("gives out no more what a step has taken, but to who asks by its key, and in its place", async () => {
      const [runId, mail] = await runWith(bench, {}, {}, {});
      const [first, second, third] = mail as [RunMail, RunMail, RunMail];
      const taken = { ...second, takenBy: stepKeyOf("each[3].wait") };
      await save(bench, [taken]);
      expect(await find(bench, runId)).toEqual([first, third]);
      expect(await find(bench, runId, "paid", "key-1")).toEqual([first, taken, third]);
      expect(await find(bench, runId, "paid", "key-0")).toEqual([first, third]);
      expect(await find(bench, runId, "sent", "key-1")).toEqual([]);
    });

    it("takes a signal and gives it to a step in one transaction", async () => {
      const [runId, mail] = await runWith(bench, { takenBy: stepKeyOf("wait") });
      expect(await find(bench, runId)).toEqual([]);
      expect(await find(bench, runId, "paid", "key-0")).toEqual(mail);
    });

    it("keeps apart what has the same name or the same key, and the signals of other runs", async () => {
      const [runId, mail] = await runWith(bench, {}, { name: "sent", idempotencyKey: "key-0" });
      const [other, others] = await runWith(bench, { payload: "of the other run" });
      await save(bench, [{ ...(others[0] as RunMail), takenBy: stepKeyOf("wait") }]);
      expect(await find(bench, runId, "sent", "key-0")).toEqual(mail.slice(1));
      expect(await find(bench, runId, "paid", "key-0")).toEqual(mail.slice(0, 1));
      expect(await find(bench, other)).toEqual([]);
    });

    it("gives out each signal once, however many ask for it, those of one run in their order", async () => {
      const [one, mail] = await runWith(bench, {}, {}, {});
      const [other, others] = await runWith(bench, {});
      const [first, second, third] = mail as [RunMail, RunMail, RunMail];
      const taken = { ...second, takenBy: stepKeyOf("wait") };
      await save(bench, [taken]);
      const queries = [one, other, one, one].map((runId, index) => ({
        runId,
        ...stepQuery({ mail: { name: "paid", idempotencyKey: index === 0 ? null : `key-${index - 1}` } }),
      }));
      const transaction = await bench.subject.store.open(loadOf({ runIds: [one, other], rows: queries }));
      await transaction.rollback();
      const found = Map.groupBy(transaction.rows.mail, ({ runId }) => runId);
      expect([found.get(one), found.get(other)]).toEqual([[first, taken, third], others]);
    });

    it("is not written to by a transaction that is refused", async () => {
      const [runId] = await runWith(bench, {});
      const created = [newRun(runOf(runId))];
      await expect(bench.save({ created, mail: [mailOf(runId, { idempotencyKey: "new" })] }, [runId])).rejects.toThrow(
        "duplicate",
      );
      expect(await find(bench, runId)).toHaveLength(1);
    });
  });
}

/** Makes a run with signals that have come one after another. */
async function runWith(
  bench: StoreBench,
  ...parts: readonly Partial<Mail>[]
): Promise<readonly [RunId, readonly RunMail[]]> {
  const runId = newRunId(0);
  const mail = parts.map((part, index) => mailOf(runId, { idempotencyKey: `key-${index}`, ...part }));
  await bench.create(newRun(runOf(runId)));
  await save(bench, mail);
  return [runId, mail];
}

/** Keeps signals of one run, or notes who took them. */
async function save(bench: StoreBench, mail: readonly RunMail[]): Promise<void> {
  const runIds = [...new Set(mail.map(({ runId }) => runId))];
  await bench.save({ changed: runIds.map((runId) => changeOf(runOf(runId))), mail }, runIds);
}

async function find(
  bench: StoreBench,
  runId: RunId,
  name = "paid",
  idempotencyKey: string | null = null,
): Promise<readonly RunMail[]> {
  return (await bench.find(runId, { mail: { name, idempotencyKey } })).mail;
}

function mailOf(runId: RunId, parts: Partial<Mail>): RunMail {
  return {
    runId,
    name: "paid",
    idempotencyKey: "key",
    payload: { amount: 3 },
    actor: "key:tester",
    receivedAt: at(1),
    takenBy: null,
    ...parts,
  };
}
