import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { EventView, RunView } from "../../../scripts/demo/api-client.ts";
import { complaintAboutLog } from "../../../scripts/demo/verify-log.ts";
import { chainEvents, EMPTY_CHAIN } from "../../../src/domain/audit/chain.ts";
import { createRunId } from "../../../src/domain/ids.ts";

const RUN_ID = createRunId(new Date(0), 0, new Uint8Array(8));

const RUN: RunView = {
  id: RUN_ID,
  workflow: "joke",
  status: "COMPLETED",
  seq: 2,
  createdAt: "2026-07-01T00:00:00.000Z",
  endedAt: "2026-07-01T00:00:01.000Z",
  error: null,
  output: null,
  steps: [],
};

function eventsOfRun(): readonly EventView[] {
  const draft = { step: null, attempt: null, from: null, to: null, actor: "system", at: new Date(1), data: {} };
  const drafts = [
    { ...draft, type: "RUN_CREATED" },
    { ...draft, type: "RUN_COMPLETED" },
  ] as const;
  return chainEvents(RUN_ID, EMPTY_CHAIN, drafts, (text) => createHash("sha256").update(text).digest("hex")).events;
}

describe("the demo's own check of the audit log", () => {
  it("has nothing to say about a log that is as it was written", () => {
    expect(complaintAboutLog(RUN, eventsOfRun())).toBeNull();
  });

  it("names the event that was changed", () => {
    const [first, second] = eventsOfRun();
    const changed = [first, second].flatMap((event) => (event === undefined ? [] : [{ ...event, actor: "somebody" }]));
    expect(complaintAboutLog(RUN, changed)).toContain("broken at event 1");
  });

  it("notices that the end of the log is missing", () => {
    expect(complaintAboutLog(RUN, eventsOfRun().slice(0, 1))).toContain("broken at event 2");
  });
});
