import { describe, expect, it } from "vitest";
import { RUN_TRANSITIONS, STEP_TRANSITIONS } from "../../../src/domain/run/transitions.ts";
import { FAULT_PLAN } from "../../fault/fault-plan.ts";
import { quotedWords, readDocument, readTable } from "./documents.ts";

const page = readDocument("docs/architecture.md");

function transitionsBelow(heading: string): Readonly<Record<string, readonly string[]>> {
  const rows = readTable(page, heading).map(([from = "", to = ""]) => [quotedWords(from)[0] ?? from, quotedWords(to)]);
  return Object.fromEntries(rows);
}

describe("docs/architecture.md", () => {
  it("shows where a run can go from each state, as the code has it", () => {
    expect(transitionsBelow("### Run")).toEqual(RUN_TRANSITIONS);
  });

  it("shows where a step can go from each state, as the code has it", () => {
    expect(transitionsBelow("### Step")).toEqual(STEP_TRANSITIONS);
  });

  const windows = readTable(page, "## Crash windows");

  it("lists every crash window of the fault plan with what heals it and the file of its tests", () => {
    const listed = windows.map(([window, healedBy, file = ""]) => ({ window, healedBy, file: quotedWords(file)[0] }));
    expect(listed).toEqual(FAULT_PLAN);
  });

  it("names files that exist, in its table of bounds", () => {
    for (const [, , where = ""] of readTable(page, "## Bounds")) {
      const [path = ""] = quotedWords(where);
      expect(readDocument(path)).not.toBe("");
    }
  });
});
