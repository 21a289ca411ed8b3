import { describe, expect, it } from "vitest";
import { parseOptions } from "../../../scripts/simulate/options.ts";

describe("the command line of the simulation", () => {
  it("lives a thousand schedules when nothing is asked for", () => {
    expect(parseOptions([])).toEqual({ from: 1, count: 1_000, isTraced: false });
  });

  it("lives as many as it is told, from the seed it is told", () => {
    expect(parseOptions(["--seeds", "5", "--from", "7"])).toEqual({ from: 7, count: 5, isTraced: false });
  });

  it("lives one and shows what happens in it", () => {
    expect(parseOptions(["--seed", "42"])).toEqual({ from: 42, count: 1, isTraced: true });
  });

  it.each([
    [["--seeds", "many"], '--seeds is "many"'],
    [["--from", "0"], '--from is "0"'],
    [["--seed", "1.5"], '--seed is "1.5"'],
  ])("refuses %j and says what is wrong", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
