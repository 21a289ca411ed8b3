import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findUntested } from "../../../scripts/check/fault-plan-reporter.ts";
import { FAULT_PLAN } from "../../fault/fault-plan.ts";

const PLAN = [
  { window: "shard dies", file: "shard.test.ts" },
  { window: "Redis flushed", file: "redis.test.ts" },
];
const FILES = new Set(["shard.test.ts", "redis.test.ts"]);
const SHARD = { name: "shard dies (twice): the sweeper", file: "shard.test.ts" };
const REDIS = { name: "Redis flushed: the sweeper", file: "redis.test.ts" };

describe("the fault plan", () => {
  it("is kept when each window has a test that passed", () => {
    expect(findUntested(PLAN, FILES, [SHARD, REDIS])).toEqual([]);
  });

  it("is broken by a window whose test did not run, was skipped or failed", () => {
    expect(findUntested(PLAN, FILES, [SHARD])).toEqual([
      'no test of the crash window "Redis flushed" passed in redis.test.ts',
    ]);
  });

  it("is broken by a window whose test is in another file than the one it names", () => {
    expect(findUntested(PLAN, FILES, [SHARD, { ...REDIS, file: "shard.test.ts" }])).toHaveLength(1);
  });

  it("says nothing about files that did not run", () => {
    expect(findUntested(PLAN, new Set(["shard.test.ts"]), [SHARD])).toEqual([]);
  });

  it("names files that exist", () => {
    expect(FAULT_PLAN.filter(({ file }) => !existsSync(join(import.meta.dirname, "../../fault", file)))).toEqual([]);
  });
});
