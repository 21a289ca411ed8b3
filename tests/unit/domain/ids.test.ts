import { describe, expect, it } from "vitest";
import {
  createRunId,
  leaseTokenOf,
  parseRunId,
  parseStepKey,
  parseWorkflowName,
  shardOfRun,
  SHARDS_MAX,
} from "../../../src/domain/ids.ts";
import { START } from "../../support/ids.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function bytes(first: number): Uint8Array {
  return new Uint8Array([first, 2, 3, 4, 5, 6, 7, 8]);
}

describe("a run id", () => {
  it.each([0, 1, 15, 16, 255, 256, SHARDS_MAX - 1])("carries shard %i", (shard) => {
    expect(shardOfRun(createRunId(START, shard, bytes(1)))).toBe(shard);
  });

  it.each([0x00, 0x3f, 0x40, 0x7f, 0x80, 0xff])("is a UUIDv7 whatever the random bytes begin with (%i)", (first) => {
    const id = createRunId(START, 4095, bytes(first));
    expect(id).toMatch(UUID_V7);
    expect(parseRunId(id)).toBe(id);
  });

  it("carries its instant to the millisecond", () => {
    const id = createRunId(START, 7, bytes(1));
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(START.getTime());
  });

  it("sorts by time, whatever the shard and the random bytes", () => {
    const ids = [0, 1, 2, 1_000, 86_400_000, 4_000_000_000_000].map((ms, index) =>
      createRunId(new Date(START.getTime() + ms), 4095 - index, bytes(255 - index)),
    );
    expect(ids.toSorted()).toEqual(ids);
  });

  it("keeps the random bytes apart", () => {
    const ids = Array.from({ length: 64 }, (_, index) => createRunId(START, 0, new Uint8Array(8).fill(index)));
    expect(new Set(ids).size).toBe(64);
  });

  it.each([
    "",
    "0195510d-d800-4000-8000-000000000000",
    "0195510D-D800-7000-8000-000000000000",
    "0195510d-d800-7000-c000-000000000000",
    "0195510d-d800-7000-8000-00000000000",
    " 0195510d-d800-7000-8000-000000000000",
    "0195510d-d800-7000-8000-000000000000\n",
  ])("is not made of %j", (text) => {
    expect(parseRunId(text)).toBeNull();
  });
});

describe("a step key", () => {
  it.each(["fetch", "each[3].resize", "undo:reserve", "run:output", "a".repeat(400)])("can be %s", (text) => {
    expect(parseStepKey(text)).toBe(text);
  });

  it.each(["", "a b", "a/b", "a\n", "é", "a".repeat(401)])("cannot be %j", (text) => {
    expect(parseStepKey(text)).toBeNull();
  });
});

describe("a workflow name", () => {
  it.each(["a", "orders", "order-2_x", "a".repeat(63)])("can be %s", (text) => {
    expect(parseWorkflowName(text)).toBe(text);
  });

  it.each(["", "Orders", "2orders", "-a", "a.b", "a".repeat(64)])("cannot be %j", (text) => {
    expect(parseWorkflowName(text)).toBeNull();
  });
});

describe("a lease token", () => {
  it("differs between the attempts that one command begins", () => {
    expect(leaseTokenOf("seed", 0)).not.toBe(leaseTokenOf("seed", 1));
  });
});
