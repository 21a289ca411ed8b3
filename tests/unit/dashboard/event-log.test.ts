import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../dashboard/model/api-types.ts";
import { EventLog, EVENTS_MAX } from "../../../dashboard/model/event-log.ts";

function event(seq: number): AuditEvent {
  return {
    runId: "r",
    seq,
    at: "2026-07-01T12:00:00Z",
    type: "STEP_STARTED",
    step: "a",
    attempt: 1,
    from: "PENDING",
    to: "RUNNING",
    actor: "system",
    data: {},
    prevHash: "",
    hash: "",
  };
}

function seqs(log: EventLog): readonly number[] {
  return log.events.map(({ seq }) => seq);
}

describe("the audit log on a page", () => {
  it("has no duplicate when a reconnect sends events again", () => {
    const log = new EventLog(0);
    expect([1, 2, 1, 2, 3].map((seq) => log.take(event(seq)))).toEqual(["taken", "taken", "known", "known", "taken"]);
    expect(seqs(log)).toEqual([1, 2, 3]);
  });

  it("has no gap: an event that comes too early is not taken, and where to go on is unchanged", () => {
    const log = new EventLog(4);
    expect(log.take(event(6))).toBe("gap");
    expect(log.seq).toBe(4);
    expect(log.take(event(5))).toBe("taken");
  });

  it("takes older events in front, without those it has", () => {
    const log = new EventLog(2);
    log.take(event(3));
    log.prepend([event(1), event(2), event(3)]);
    expect(seqs(log)).toEqual([1, 2, 3]);
    expect(log.seq).toBe(3);
  });

  it(`holds at most ${EVENTS_MAX} events, the newest`, () => {
    const log = new EventLog(0);
    for (let seq = 1; seq <= EVENTS_MAX + 3; seq += 1) log.take(event(seq));
    expect(log.events).toHaveLength(EVENTS_MAX);
    expect(log.events.at(-1)?.seq).toBe(EVENTS_MAX + 3);
  });
});
