import { describe, expect, it } from "vitest";
import { Turnstile } from "../../../../src/adapters/postgres/api/turnstile.ts";
import { UnavailableError } from "../../../../src/domain/errors.ts";
import { closedGate, type Gate, settled } from "../../../support/gate.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const LIMITS = { atOnceMax: 2, waitingMax: 3, waitMsMax: 5_000 };

interface Call extends Gate {
  readonly answer: Promise<string>;
}

/** Calls that are under way until their gate is opened; the order in which they begin is kept. */
class Calls {
  readonly begun: string[] = [];
  readonly clock = new ManualClock();
  readonly #turnstile = new Turnstile(LIMITS, this.clock);

  send(name: string): Call {
    const gate = closedGate();
    const answer = this.#turnstile.pass(async () => {
      this.begun.push(name);
      await gate.passed;
      return name;
    });
    // The test looks at it later.
    answer.catch(() => undefined);
    return { ...gate, answer };
  }
}

describe("a turnstile", () => {
  it("lets no more calls through at once than it may, and the others in the order they came", async () => {
    const calls = new Calls();
    const [a, , c] = ["a", "b", "c", "d"].map((name) => calls.send(name));
    await settled();
    expect(calls.begun).toEqual(["a", "b"]);
    a?.open();
    await settled();
    expect(calls.begun).toEqual(["a", "b", "c"]);
    c?.open();
    expect(await c?.answer).toBe("c");
    await settled();
    expect(calls.begun).toEqual(["a", "b", "c", "d"]);
  });

  it("refuses at once who would wait behind too many, and lets go who has waited too long; neither call is begun", async () => {
    const calls = new Calls();
    const sent = ["a", "b", "c", "d", "e", "f"].map((name) => calls.send(name));
    await expect(sent.at(-1)?.answer).rejects.toBeInstanceOf(UnavailableError);
    await calls.clock.passMs(4_999);
    expect(calls.begun).toEqual(["a", "b"]);
    await calls.clock.passMs(1);
    await expect(sent[2]?.answer).rejects.toThrow("waited for 5 s");
    expect(calls.begun).toEqual(["a", "b"]);
    expect(calls.clock.pendingMs).toEqual([]);
  });

  it("gives on the place of a call that fails", async () => {
    const turnstile = new Turnstile({ ...LIMITS, atOnceMax: 1 }, new ManualClock());
    const failing = turnstile.pass(async () => {
      throw new TypeError("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await turnstile.pass(async () => "next")).toBe("next");
  });

  it("keeps no place for who has given up", async () => {
    const calls = new Calls();
    const [a, b, , d] = ["a", "b", "c", "d"].map((name) => calls.send(name));
    await calls.clock.passMs(5_000);
    a?.open();
    b?.open();
    await settled();
    await expect(d?.answer).rejects.toBeInstanceOf(UnavailableError);
    const late = calls.send("late");
    late.open();
    expect(await late.answer).toBe("late");
  });
});
