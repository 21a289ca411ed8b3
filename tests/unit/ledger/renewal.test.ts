import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../src/domain/errors.ts";
import type { Lease } from "../../../src/ledger/ports.ts";
import { closedGate, settled } from "../../support/gate.ts";
import { runIdOf, START, STRANGE_TOKEN, stepKeyOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { CHAIN, planOf } from "../../support/plans.ts";

const RUN = runIdOf(0);
const LATER = new Date(START.getTime() + 60_000);

async function started(): Promise<{ readonly bench: LedgerBench; readonly leases: readonly Lease[] }> {
  const bench = new LedgerBench(planOf(CHAIN));
  await bench.ledger.start(startOf(0));
  const { key, token } = bench.step(RUN, "a");
  return { bench, leases: [{ runId: RUN, stepKey: key, token: token ?? STRANGE_TOKEN }] };
}

describe("renewing leases", () => {
  it("moves the end of those that are still held", async () => {
    const { bench, leases } = await started();
    await bench.ledger.renew(leases, LATER);
    expect(bench.step(RUN, "a")).toMatchObject({ leaseExpiresAt: LATER });
  });

  it("leaves those alone that are not", async () => {
    const { bench } = await started();
    const before = bench.step(RUN, "a");
    await bench.ledger.renew([{ runId: RUN, stepKey: stepKeyOf("a"), token: STRANGE_TOKEN }], LATER);
    expect(bench.step(RUN, "a")).toEqual(before);
  });

  it("waits for the transaction in flight", async () => {
    const { bench, leases } = await started();
    const gate = closedGate();
    bench.store.gate = gate.passed;
    const start = bench.ledger.start(startOf(1));
    await settled();
    const renewal = bench.ledger.renew(leases, LATER);
    await settled();
    expect(bench.store.renewals).toEqual([]);
    gate.open();
    await Promise.all([start, renewal]);
    expect(bench.store.renewals).toEqual([leases]);
  });

  it("that fails breaks nothing: the lease runs out at its old end", async () => {
    const { bench, leases } = await started();
    const before = bench.step(RUN, "a");
    bench.store.faults.renew = () => new UnavailableError("postgres", "away");
    await bench.ledger.renew(leases, LATER);
    expect(bench.step(RUN, "a")).toEqual(before);
    await expect(bench.ledger.apply(bench.settleOf(RUN, "a"))).resolves.toEqual({ kind: "applied" });
  });

  it("answers also the renewal that a newer one overtook while a transaction was in flight", async () => {
    const { bench, leases } = await started();
    const gate = closedGate();
    bench.store.gate = gate.passed;
    const answered: string[] = [];
    const start = bench.ledger.start(startOf(1));
    await settled();
    void bench.ledger.renew(leases, LATER).then(() => answered.push("first"));
    void bench.ledger.renew(leases, LATER).then(() => answered.push("second"));
    gate.open();
    await start;
    await settled();
    expect(answered.toSorted()).toEqual(["first", "second"]);
  });
});
