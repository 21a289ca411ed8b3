import { describe, expect, it } from "vitest";
import { CallLog, FlakyLog } from "../../../scripts/stack/demo-calls.ts";

describe("what the demo API remembers", () => {
  it("stays bounded: the oldest of more than 100,000 keys are forgotten", () => {
    const log = new CallLog();
    for (let index = 0; index < 100_003; index += 1) {
      log.open(`key-${index}`);
      log.close();
    }
    const { total, byKey } = log.counts();
    expect(total).toBe(100_003);
    expect(Object.keys(byKey)).toHaveLength(100_000);
    expect(byKey).not.toHaveProperty("key-2");
    expect(byKey).toHaveProperty("key-3", 1);
  });

  it("tells how many calls were open at the same time at most, those of before it forgot only while they are", () => {
    const log = new CallLog();
    log.open("a");
    log.open(null);
    expect(log.counts()).toMatchObject({ total: 2, mostAtOnce: 2 });
    log.close();
    log.clear();
    expect(log.counts()).toMatchObject({ total: 0, mostAtOnce: 1 });
    log.close();
    log.open("b");
    expect(log.counts()).toMatchObject({ total: 1, mostAtOnce: 1 });
  });

  it("keeps at most 100 idempotency keys of one flaky key", () => {
    const log = new FlakyLog();
    for (let index = 0; index < 150; index += 1) {
      log.record("a", `key-${index}`);
    }
    expect(log.read("a").count).toBe(150);
    expect(log.read("a").idempotencyKeys).toHaveLength(100);
  });
});
