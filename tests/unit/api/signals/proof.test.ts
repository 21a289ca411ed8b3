import { describe, expect, it } from "vitest";
import { idempotencyKeyOf, signProof, signSignalUrl, verifySignalProof } from "../../../../src/api/signals/proof.ts";
import type { SignalUrlSettings } from "../../../../src/env.ts";
import { runIdOf, stepKeyOf } from "../../../support/ids.ts";

const RUN_ID = runIdOf();
const STEP_KEY = stepKeyOf("notify");
const SIGNING_KEY = "a-signing-key-for-tests-of-32-characters";
const NOW = new Date("2026-07-01T12:00:00.000Z");
const OTHER_KEY = "another-key-of-32-characters-0002";
const PROOF = { runId: RUN_ID, stepKey: STEP_KEY, expiresAt: new Date("2026-07-02T12:00:00.000Z") };

const SETTINGS: SignalUrlSettings = {
  signingKeys: [SIGNING_KEY],
  publicUrl: "https://baton.example.com",
  lifetimeMs: 86_400_000,
};

function signed(settings: Partial<SignalUrlSettings> = {}): string {
  const made = signSignalUrl({ runId: RUN_ID, stepKey: STEP_KEY, now: NOW }, { ...SETTINGS, ...settings });
  return made.ok ? made.url : made.message;
}

/** The same text with one character replaced by its neighbour in the alphabet. */
function changeAt(text: string, index: number): string {
  const changed = text[index] === "A" ? "B" : "A";
  return `${text.slice(0, index)}${changed}${text.slice(index + 1)}`;
}

describe("the proof in an address", () => {
  const proof = signProof(PROOF, SIGNING_KEY);

  it("says for which run, from which step and until when it is good", () => {
    expect(verifySignalProof(proof, [SIGNING_KEY], NOW)).toEqual({ kind: "valid", proof: PROOF });
  });

  it("is short, and needs no escape in an address", () => {
    expect(proof).toMatch(/^[A-Za-z0-9_-]{70,90}$/);
  });

  it("is forged when any of its characters is another", () => {
    const changed = Array.from(proof, (_, index) => changeAt(proof, index));
    const kinds = changed.map((text) => verifySignalProof(text, [SIGNING_KEY], NOW).kind);
    expect(new Set(kinds)).toEqual(new Set(["forged"]));
  });

  it.each(["", "A", "AAAA", "=", "ä", "A".repeat(80), "A".repeat(100_000), `${proof}A`, `${proof}=`, `${proof} `])(
    "is forged when it is %j",
    (text) => {
      expect(verifySignalProof(text, [SIGNING_KEY], NOW)).toEqual({ kind: "forged" });
    },
  );

  it("has one spelling: a second one would count as a second answer", () => {
    // 59 bytes leave two bits of the last character that mean nothing.
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const stem = proof.slice(0, -1);
    const taken = Array.from(alphabet, (last) => `${stem}${last}`).filter(
      (text) => verifySignalProof(text, [SIGNING_KEY], NOW).kind === "valid",
    );
    expect(taken).toEqual([proof]);
  });

  it("is good up to its instant, and expired from then on", () => {
    const before = new Date(PROOF.expiresAt.getTime() - 1);
    expect(verifySignalProof(proof, [SIGNING_KEY], before).kind).toBe("valid");
    expect(verifySignalProof(proof, [SIGNING_KEY], PROOF.expiresAt)).toEqual({ kind: "expired", proof: PROOF });
  });

  it("is forged when another key signed it, or no key is known", () => {
    expect(verifySignalProof(proof, [OTHER_KEY], NOW)).toEqual({ kind: "forged" });
    expect(verifySignalProof(proof, [], NOW)).toEqual({ kind: "forged" });
  });

  it("does not carry its signature over to another run, step or instant", () => {
    const signature = proof.slice(-42);
    const others = [
      { ...PROOF, runId: runIdOf(1) },
      { ...PROOF, stepKey: stepKeyOf("notifx") },
      { ...PROOF, expiresAt: new Date("2030-01-01T00:00:00.000Z") },
    ];
    for (const other of others) {
      const grafted = `${signProof(other, OTHER_KEY).slice(0, -42)}${signature}`;
      expect(verifySignalProof(grafted, [SIGNING_KEY], NOW)).toEqual({ kind: "forged" });
    }
  });
});

describe("an address", () => {
  it("is the public one, the proof, and room for the signal's name", () => {
    expect(signed()).toMatch(/^https:\/\/baton\.example\.com\/signals\/[A-Za-z0-9_-]+$/);
  });

  it("is good for as long as the deployment says", () => {
    const proof = signed().slice(signed().lastIndexOf("/") + 1);
    const verified = verifySignalProof(proof, [SIGNING_KEY], NOW);
    expect(verified).toMatchObject({ proof: { expiresAt: new Date("2026-07-02T12:00:00.000Z") } });
  });

  it("is signed by the first of two keys, and both are accepted", () => {
    const old = signed().slice(signed().lastIndexOf("/") + 1);
    const renewed = signed({ signingKeys: [OTHER_KEY, SIGNING_KEY] });
    const fresh = renewed.slice(renewed.lastIndexOf("/") + 1);
    expect(verifySignalProof(old, [OTHER_KEY, SIGNING_KEY], NOW).kind).toBe("valid");
    expect(verifySignalProof(fresh, [OTHER_KEY, SIGNING_KEY], NOW).kind).toBe("valid");
    expect(verifySignalProof(fresh, [SIGNING_KEY], NOW).kind).toBe("forged");
  });

  it.each([
    [{ signingKeys: [] }, "SIGNING_KEY,"],
    [{ publicUrl: null }, "PUBLIC_URL,"],
    [{ signingKeys: [], publicUrl: null }, "SIGNING_KEY and PUBLIC_URL,"],
  ])("names what the deployment lacks to make one: %j", (settings, missing) => {
    expect(signed(settings)).toContain(`\`run.signalUrl\` needs ${missing}`);
  });
});

describe("the idempotency key of an address", () => {
  const proof = signProof(PROOF, SIGNING_KEY);

  it("is the same each time, and another for another name", () => {
    expect(idempotencyKeyOf(proof, "a")).toBe(idempotencyKeyOf(proof, "a"));
    expect(idempotencyKeyOf(proof, "a")).not.toBe(idempotencyKeyOf(proof, "b"));
  });

  it("does not give the proof away", () => {
    expect(idempotencyKeyOf(proof, "a")).toMatch(/^link:[A-Za-z0-9_-]{43}$/);
    expect(proof).not.toContain(idempotencyKeyOf(proof, "a").slice(5, 20));
  });
});
