import { describe, expect, it } from "vitest";
import { DEMO_NAMES } from "../../../scripts/demo/demos.ts";
import { parseArguments } from "../../../scripts/demo/options.ts";
import type { DemoOptions } from "../../../scripts/demo/options.ts";

function options(args: readonly string[], api?: string, upstream?: string): DemoOptions {
  const parsed = parseArguments(args, { api, upstream });
  if (parsed.kind !== "run") {
    throw new Error(`expected a run, got ${JSON.stringify(parsed)}`);
  }
  return parsed.options;
}

describe("the arguments of demo.sh", () => {
  it("without any, all five demos and the proofs run on the local stack", () => {
    expect(options([])).toEqual({
      demos: DEMO_NAMES,
      proofs: true,
      plain: false,
      json: false,
      keep: false,
      noStart: false,
      apiUrl: null,
      upstream: null,
      slow: false,
      open: false,
      quiet: false,
    });
  });

  it("--only takes names and their beginnings, in the order given, and leaves the proofs out", () => {
    expect(options(["--only", "multi,joke"])).toMatchObject({ demos: ["multi-step", "joke"], proofs: false });
    expect(options(["--only=cat"])).toMatchObject({ demos: ["cat"] });
  });

  it("--chaos runs the proofs alone", () => {
    expect(options(["--chaos"])).toMatchObject({ demos: [], proofs: true });
  });

  it("--api wins over WF_API, and a slash at its end does not matter", () => {
    expect(options([], "http://a:1/")).toMatchObject({ apiUrl: "http://a:1" });
    expect(options(["--api", "http://b:2"], "http://a:1")).toMatchObject({ apiUrl: "http://b:2" });
    expect(options([], "")).toMatchObject({ apiUrl: null });
  });

  it("each switch is read", () => {
    const all = ["--plain", "--json", "--keep", "--no-start", "--slow", "--open", "-q"];
    expect(options(all)).toMatchObject({
      plain: true,
      json: true,
      keep: true,
      noStart: true,
      slow: true,
      open: true,
      quiet: true,
    });
    expect(options(["--quiet"])).toMatchObject({ quiet: true });
  });

  it("DEMO_UPSTREAM is mock, live or not given", () => {
    expect(options([], undefined, "live").upstream).toBe("live");
    expect(options([], undefined, "mock").upstream).toBe("mock");
    expect(options([], undefined, "").upstream).toBeNull();
    const message = 'DEMO_UPSTREAM is "real": it must be mock or live.';
    expect(parseArguments([], { upstream: "real" })).toEqual({ kind: "error", message });
  });

  it("-h and --help ask for help, whatever else is there", () => {
    expect(parseArguments(["--json", "-h"], {})).toEqual({ kind: "help" });
    expect(parseArguments(["--help"], {})).toEqual({ kind: "help" });
  });

  it.each([
    [["--nope"], 'There is no option "--nope".'],
    [["joke"], 'There is no option "joke".'],
    [["--only"], "--only needs a value."],
    [["--only", "dog"], 'There is no demo "dog": there are joke, user, cat, todo, multi-step.'],
    [["--only", "joke,"], 'There is no demo "": there are joke, user, cat, todo, multi-step.'],
    [["--api", "nowhere"], '"nowhere" is no address.'],
  ])("%j is wrong usage, and the message says why", (args, message) => {
    expect(parseArguments(args, {})).toEqual({ kind: "error", message });
  });
});
