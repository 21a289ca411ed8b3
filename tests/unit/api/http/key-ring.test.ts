import { describe, expect, it } from "vitest";
import { KeyRing } from "../../../../src/api/http/authenticate.ts";
import { hexDigest } from "../../../../src/api/http/digest.ts";
import type { ApiKeyStore } from "../../../../src/api/keys/port.ts";

const BOOTSTRAP = "a-key-for-tests-0001";
const KEY = `baton_${"k".repeat(32)}`;
const START = Date.parse("2026-07-01T12:00:00.000Z");

/** Keys as a table would hold them; it counts how often it is asked. */
class Keys {
  asked = 0;
  isRevoked = false;

  readonly store: ApiKeyStore = {
    create: async () => true,
    list: async () => [],
    revoke: async () => null,
    use: async (digest) => {
      this.asked += 1;
      return digest === hexDigest(KEY) && !this.isRevoked ? { name: "alice", role: "operator" } : null;
    },
  };
}

function callerWith(
  key: string,
  address: string | null = "203.0.113.7",
): { readonly authorization: string; readonly address: string | null } {
  return { authorization: `Bearer ${key}`, address };
}

function wrongKey(index: number): string {
  return `baton_${String(index).padStart(32, "x")}`;
}

function after(ms: number): Date {
  return new Date(START + ms);
}

describe("a key", () => {
  it("from the environment is known without the table", async () => {
    const keys = new Keys();
    const ring = new KeyRing(BOOTSTRAP);
    const identity = await ring.identify(callerWith(BOOTSTRAP), after(0), keys.store);
    expect(identity).toEqual({ actor: "key:bootstrap", role: "admin" });
    expect(keys.asked).toBe(0);
  });

  it("of the table is looked up once in half a minute, and works no longer than that once it is revoked", async () => {
    const keys = new Keys();
    const ring = new KeyRing(BOOTSTRAP);
    for (const ms of [0, 1_000, 29_999]) {
      const identity = await ring.identify(callerWith(KEY), after(ms), keys.store);
      expect(identity).toEqual({ actor: "key:alice", role: "operator" });
    }
    expect(keys.asked).toBe(1);
    keys.isRevoked = true;
    expect(await ring.identify(callerWith(KEY), after(30_001), keys.store)).toBeNull();
  });

  it("that cannot be one is not looked up", async () => {
    const keys = new Keys();
    expect(await new KeyRing(BOOTSTRAP).identify(callerWith("guess"), after(0), keys.store)).toBeNull();
    expect(keys.asked).toBe(0);
  });
});

describe("an address that tries wrong keys", () => {
  it("is told to wait after 20 in a minute, and no longer than that minute", async () => {
    const keys = new Keys();
    const ring = new KeyRing(BOOTSTRAP);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await ring.identify(callerWith(wrongKey(attempt)), after(attempt), keys.store)).toBeNull();
    }
    const refused = await ring.identify(callerWith(wrongKey(20)), after(100), keys.store);
    expect(refused).toMatchObject({ code: "too_many_attempts", headers: { "Retry-After": "60" } });
    expect(await ring.identify(callerWith(wrongKey(21)), after(60_001), keys.store)).toBeNull();
  });

  it("closes the door to nobody who has a right key, not even at the same address", async () => {
    const keys = new Keys();
    const ring = new KeyRing(BOOTSTRAP);
    for (let attempt = 0; attempt < 30; attempt += 1) {
      await ring.identify(callerWith(wrongKey(attempt)), after(0), keys.store);
    }
    expect(await ring.identify(callerWith(KEY), after(1), keys.store)).toMatchObject({ actor: "key:alice" });
    expect(await ring.identify(callerWith(BOOTSTRAP), after(1), keys.store)).toMatchObject({ role: "admin" });
  });

  it("that nobody vouches for is not counted: it may be another's", async () => {
    const keys = new Keys();
    const ring = new KeyRing(BOOTSTRAP);
    for (let attempt = 0; attempt < 30; attempt += 1) {
      expect(await ring.identify(callerWith(wrongKey(attempt), null), after(0), keys.store)).toBeNull();
    }
  });
});
