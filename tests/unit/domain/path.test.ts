import { describe, expect, it } from "vitest";
import {
  containerOf,
  containersOf,
  innerKeyOf,
  isItemKey,
  itemKeyOf,
  itemPlaceOf,
  keyIn,
  parsePath,
  pathOf,
  siblingOf,
  type StepPath,
} from "../../../src/domain/path.ts";
import { stepKeyOf } from "../../support/ids.ts";

const IN_EACH = { foreach: "each", index: 3 };
const IN_INNER = { foreach: "inner", index: 0 };

/** A path of every shape, by its text. */
const PATHS: Readonly<Record<string, StepPath>> = {
  fetch: { scope: [], nodeId: "fetch", item: null },
  _a1: { scope: [], nodeId: "_a1", item: null },
  "each[3]": { scope: [], nodeId: "each", item: 3 },
  "each[0]": { scope: [], nodeId: "each", item: 0 },
  "each[999999]": { scope: [], nodeId: "each", item: 999_999 },
  "each[3].resize": { scope: [IN_EACH], nodeId: "resize", item: null },
  "each[3].inner": { scope: [IN_EACH], nodeId: "inner", item: null },
  "each[3].inner[0]": { scope: [IN_EACH], nodeId: "inner", item: 0 },
  "each[3].inner[0].x": { scope: [IN_EACH, IN_INNER], nodeId: "x", item: null },
  "run:output": { scope: [], nodeId: "run:output", item: null },
  "each[3].each:output": { scope: [IN_EACH], nodeId: "each:output", item: null },
};

const NO_PATHS = [
  "each[0].a b",
  "a b[0].x",
  "",
  ".",
  "a.",
  ".a",
  "a..b",
  // What holds a step is an item, not a step.
  "a.b",
  "each[3].a.b",
  "each[]",
  "each[-1]",
  "each[03]",
  "each[1e3]",
  "each[1000000]",
  "each[3][4]",
  "each[3]x",
  "[3]",
  "each[3",
  "each 3",
  "3each",
  "a:B",
  "a:b:c",
  "a-b",
  "a\n",
  "é",
];

describe("the path of a step", () => {
  it.each(Object.entries(PATHS))(
    "of %s says in which items it is, of which node, and which item it names",
    (key, path) => {
      expect(parsePath(key)).toEqual(path);
      expect(pathOf(stepKeyOf(key))).toEqual(path);
    },
  );

  it.each(Object.entries(PATHS))("of %s gives its key back", (key, { scope, nodeId, item }) => {
    const own = keyIn(scope, nodeId);
    expect(item === null ? own : itemKeyOf(own, item)).toBe(key);
  });

  it.each(NO_PATHS)("is not %j, and no step has it for a key", (text) => {
    expect(parsePath(text)).toBeNull();
    expect(() => pathOf(stepKeyOf(text))).toThrow("is no path of a step");
  });
});

describe("what holds a step", () => {
  it.each([
    { key: "fetch", containers: [] },
    { key: "run:output", containers: [] },
    { key: "each[3]", containers: ["each"] },
    { key: "each[3].resize", containers: ["each[3]", "each"] },
    { key: "each[3].each:output", containers: ["each[3]", "each"] },
    { key: "each[3].inner[0]", containers: ["each[3].inner", "each[3]", "each"] },
    { key: "each[3].inner[0].x", containers: ["each[3].inner[0]", "each[3].inner", "each[3]", "each"] },
  ])("is, of $key from the innermost, $containers", ({ key, containers }) => {
    expect(containersOf(stepKeyOf(key))).toEqual(containers);
    expect(containerOf(stepKeyOf(key))).toBe(containers[0] ?? null);
  });

  it.each([
    { key: "fetch", place: null },
    { key: "each[3]", place: null },
    { key: "each[3].resize", place: { stepKey: "each", index: 3 } },
    { key: "each[3].inner", place: { stepKey: "each", index: 3 } },
    { key: "each[3].inner[12]", place: null },
    { key: "each[3].inner[12].x", place: { stepKey: "each[3].inner", index: 12 } },
  ])("is the block of an item, or not: $key", ({ key, place }) => {
    expect(itemPlaceOf(stepKeyOf(key))).toEqual(place);
  });

  it("is an item when its key ends in a place", () => {
    expect(Object.keys(PATHS).filter((key) => isItemKey(stepKeyOf(key)))).toEqual([
      "each[3]",
      "each[0]",
      "each[999999]",
      "each[3].inner[0]",
    ]);
  });
});

describe("the key of another step", () => {
  it.each([
    { key: "fetch", sibling: "store" },
    { key: "run:output", sibling: "store" },
    { key: "each[3].resize", sibling: "each[3].store" },
    { key: "each[3].inner[0].x", sibling: "each[3].inner[0].store" },
  ])("of the block of $key is $sibling", ({ key, sibling }) => {
    expect(siblingOf(stepKeyOf(key), "store")).toBe(sibling);
  });

  it("in the block of an item begins with the item's, and in the recipe itself is the id of its node", () => {
    expect(innerKeyOf(stepKeyOf("each[3]"), "resize")).toBe("each[3].resize");
    expect(innerKeyOf(null, "resize")).toBe("resize");
  });
});
