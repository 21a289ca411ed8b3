import { describe, expect, it } from "vitest";
import { parseOptions, PART_NAMES } from "../../../scripts/bench/options.ts";

describe("the command line of the benchmark", () => {
  it("measures everything once when nothing is asked for", () => {
    const options = parseOptions([]);
    expect([...options.parts]).toEqual([...PART_NAMES]);
    expect(options).toMatchObject({ scale: 1, jsonPath: null, preloadCount: 0, isIdleChecked: false, workerVars: {} });
  });

  it("passes variables on to the Worker", () => {
    const { workerVars } = parseOptions(["--var", "CONCURRENCY=128", "--var", "SHARDS=2"]);
    expect(workerVars).toEqual({ CONCURRENCY: "128", SHARDS: "2" });
  });

  it.each([
    [["--only", "transfrom"], 'no "transfrom"'],
    [["--scale", "fast"], 'is "fast"'],
    [["--soak", "2"], 'is "2"'],
    [["--soak", "for ever"], 'is "for ever"'],
    [["--preload=-1"], 'is "-1"'],
    [["--var", "CONCURRENCY"], "NAME=VALUE"],
  ])("refuses %j and says what is wrong", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
