import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  chainEvents,
  ChainVerifier,
  EMPTY_CHAIN,
  eventText,
  type Verdict,
} from "../../../src/domain/audit/chain.ts";
import type { Event } from "../../../src/domain/run/event.ts";
import type { ChainHead } from "../../../src/domain/run/run.ts";
import { runIdOf, START } from "../../support/ids.ts";
import { CHAIN, planOf } from "../../support/plans.ts";
import { sha256 } from "../../support/sha256.ts";
import { TestRun } from "../../support/test-run.ts";

function loggedRun(): { readonly events: readonly Event[]; readonly head: ChainHead } {
  const run = new TestRun(planOf(CHAIN));
  run.complete("a", "b", "c");
  return { events: run.events, head: run.run.head };
}

function verify(events: readonly Event[], head: ChainHead): Verdict {
  const verifier = new ChainVerifier(runIdOf(), sha256);
  for (const event of events) {
    verifier.add(event);
  }
  return verifier.verdict(head);
}

function brokenAt(events: readonly Event[], head: ChainHead): number | null {
  const verdict = verify(events, head);
  return verdict.ok ? null : verdict.brokenAt;
}

/** Makes the hashes of a log true again from a seq on, as someone who knows how they are made would. */
function rehash(events: readonly Event[], from: number): readonly Event[] {
  const start = events[from - 2];
  const head = start === undefined ? EMPTY_CHAIN : { seq: start.seq, hash: start.hash };
  return [...events.slice(0, from - 1), ...chainEvents(runIdOf(), head, events.slice(from - 1), sha256).events];
}

describe("an audit log", () => {
  const { events, head } = loggedRun();
  const seqs = events.map((event) => event.seq);

  it("is numbered from 1 without gaps and verifies as written", () => {
    expect(seqs).toEqual(Array.from({ length: 9 }, (_, index) => index + 1));
    expect(verify(events, head)).toEqual({ ok: true, events: 9, head });
  });

  it("without events verifies against an empty head", () => {
    expect(verify([], EMPTY_CHAIN)).toEqual({ ok: true, events: 0, head: EMPTY_CHAIN });
  });

  it.each(["at", "type", "step", "attempt", "from", "to", "actor", "data"] as const)(
    "shows an edit of %s at its seq",
    (field) => {
      const edits = {
        at: new Date(START.getTime() + 1),
        type: "RUN_FAILED",
        step: "z",
        attempt: 99,
        from: "WAITING",
        to: "CANCELED",
        actor: "key:intruder",
        data: { forged: true },
      };
      for (const seq of seqs) {
        const edited = events.map((event) => (event.seq === seq ? { ...event, [field]: edits[field] } : event));
        expect(brokenAt(edited, head)).toBe(seq);
      }
    },
  );

  it("shows an edit whose own hash was made true, at the next seq", () => {
    const edited = events.map((event) => (event.seq === 4 ? { ...event, actor: "key:intruder" } : event));
    const fourth = rehash(edited, 4)[3];
    const withHash = edited.map((event) => (event.seq === 4 && fourth !== undefined ? fourth : event));
    expect(brokenAt(withHash, head)).toBe(5);
  });

  it("shows an edit whose whole rest was hashed again, by the anchored head", () => {
    const edited = events.map((event) => (event.seq === 4 ? { ...event, actor: "key:intruder" } : event));
    expect(verify(rehash(edited, 4), head)).toEqual({
      ok: false,
      events: 9,
      brokenAt: 9,
      reason: "the anchored head has another hash",
    });
  });

  it("shows a deletion at the seq that is gone", () => {
    for (const seq of seqs) {
      expect(
        brokenAt(
          events.filter((event) => event.seq !== seq),
          head,
        ),
      ).toBe(seq);
    }
  });

  it("shows an insertion at its place", () => {
    for (const seq of seqs) {
      const inserted = [...events.slice(0, seq), ...events.slice(seq - 1)];
      expect(brokenAt(inserted, head)).toBe(seq + 1);
    }
  });

  it("shows two events that changed places at the first of them", () => {
    const [first, second, third, ...rest] = events;
    const swapped = [first, third, second, ...rest].flatMap((event) => event ?? []);
    expect(brokenAt(swapped, head)).toBe(2);
  });

  it("shows two events that changed places and numbers at the first of them", () => {
    const swapped = events.map((event) => {
      const other = events[event.seq === 2 ? 2 : 1];
      return (event.seq === 2 || event.seq === 3) && other !== undefined ? { ...other, seq: event.seq } : event;
    });
    expect(brokenAt(swapped, head)).toBe(2);
  });

  it("shows a truncation at the first event that is gone", () => {
    for (const kept of [0, 1, 5, 8]) {
      expect(verify(events.slice(0, kept), head)).toEqual({
        ok: false,
        events: kept,
        brokenAt: kept + 1,
        reason: `events ${kept + 1} to 9 are missing`,
      });
    }
  });

  it("shows an event appended after the anchored head", () => {
    const last = events.slice(-1);
    const { events: appended } = chainEvents(runIdOf(), head, last, sha256);
    expect(verify([...events, ...appended], head)).toEqual({
      ok: false,
      events: 10,
      brokenAt: 10,
      reason: "the log goes on after its anchored head",
    });
  });

  it("tells of the first break only", () => {
    const edited = events.map((event) => (event.seq === 3 || event.seq === 6 ? { ...event, actor: "x" } : event));
    expect(brokenAt(edited, head)).toBe(3);
  });

  it("of another run is refused", () => {
    const verifier = new ChainVerifier(runIdOf(1), sha256);
    expect(() => {
      events.forEach((event) => {
        verifier.add(event);
      });
    }).toThrow(`event of run ${runIdOf(0)} given to the verifier of run ${runIdOf(1)}`);
  });
});

describe("the canonical encoding", () => {
  it("is the same for equal values, whatever the order of members", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: true, b: [1, { c: "x", d: null }] })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
  });

  it("keeps the order of lists", () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it("tells texts from what they look like", () => {
    const values = ["1", 1, "null", null, "[]", [], "{}", {}, ["a,b"], ["a", "b"]];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
  });

  it("covers run, seq and the hash before", () => {
    const [event] = loggedRun().events;
    const texts =
      event === undefined
        ? []
        : [
            eventText(runIdOf(0), 1, event, "x"),
            eventText(runIdOf(1), 1, event, "x"),
            eventText(runIdOf(0), 2, event, "x"),
            eventText(runIdOf(0), 1, event, "y"),
          ];
    expect(new Set(texts).size).toBe(4);
  });
});
