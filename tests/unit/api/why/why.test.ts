import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../../../src/api/runs/port.ts";
import { explainStep } from "../../../../src/api/why/explain-step.ts";
import { explainRun, findToLookInto, type WhySources } from "../../../../src/api/why/view.ts";
import { NO_STEPS } from "../../../../src/domain/run/counts.ts";
import type { Event } from "../../../../src/domain/run/event.ts";
import type { ItemsProgress, WaitingFor } from "../../../../src/domain/run/waiting.ts";
import { runIdOf, stepKeyOf } from "../../../support/ids.ts";
import { planOf } from "../../../support/plans.ts";
import { EARLIER, LATER, NOW, stepRecordOf as step } from "../step-records.ts";

const RUN = `/api/runs/${runIdOf(1)}`;
const SINCE = EARLIER.toISOString();
const UNTIL = LATER.toISOString();

function run(steps: RunRecord["steps"], change: Partial<RunRecord> = {}): RunRecord {
  return {
    id: runIdOf(1),
    workflow: "demo",
    version: 1,
    status: "RUNNING",
    labels: {},
    counts: NO_STEPS,
    failure: null,
    createdAt: EARLIER,
    startedAt: EARLIER,
    endedAt: null,
    output: null,
    input: null,
    seq: 3,
    deadlineAt: null,
    rerunOf: null,
    recipe: {},
    plan: planOf([]),
    steps,
    waits: [],
    ...change,
  };
}

function explain(record: RunRecord, sources: Partial<WhySources> = {}): ReturnType<typeof explainRun> {
  return explainRun({ run: record, operation: null, inner: [], now: NOW, ...sources });
}

const failure = { code: "http_status", message: "the call answered 503", step: stepKeyOf("a"), attempt: 3 };
const scopeFailure = { code: "http_status", message: "the call answered 503" };
const running = step("a", { status: "RUNNING", availableAt: LATER });
const retrying = step("a", { status: "RETRYING", availableAt: LATER, error: scopeFailure });

const ITEMS: ItemsProgress = {
  kind: "items",
  total: 1000,
  opened: 49,
  open: 10,
  again: 0,
  completed: 37,
  failed: 2,
  bytes: 90,
  failure: null,
};
const each = step("each", { type: "foreach", status: "WAITING", waitingFor: ITEMS });
const eachFails = step("each", { status: "WAITING", waitingFor: { ...ITEMS, failure: scopeFailure } });
const BLOCK = { kind: "block", unfinished: 2, atWork: 1, bytes: 0, failure: null } as const;
const itemFails = step("each[3]", {
  type: "item",
  status: "WAITING",
  waitingFor: { ...BLOCK, failure: scopeFailure },
});

const signal = step("ok", {
  status: "WAITING",
  waitingFor: { kind: "signal", name: "decision", until: null, schema: null },
});
const timer = step("nap", {
  status: "WAITING",
  availableAt: LATER,
  waitingFor: { kind: "timer", until: UNTIL },
});

describe("why", () => {
  const cases: readonly (readonly [string, RunRecord, object])[] = [
    [
      "a step that runs, before one that is due later",
      run([step("b", { status: "RETRYING", availableAt: LATER }), running]),
      { reason: "step_running", step: "a", since: SINCE, sentence: expect.stringContaining("10.0 s") },
    ],
    [
      "a step that is tried again, and when",
      run([retrying]),
      { reason: "step_retrying", until: UNTIL, sentence: expect.stringContaining("attempt 2 of 3") },
    ],
    [
      "a step that waits for a free place",
      run([step("b", {}), step("a", { availableAt: EARLIER })]),
      { reason: "step_due", step: "a", since: SINCE },
    ],
    [
      "the attempts that a failing run lets finish",
      run([step("b", { status: "RUNNING" })], { failure, counts: { ...NO_STEPS, running: 1 } }),
      { reason: "failing", step: "a", data: { running: ["b"] } },
    ],
    ["nothing that is due", run([step("a", {})]), { reason: "nothing_due", step: null }],
    [
      "one that somebody must send, before what comes by itself, and who else waits",
      run([timer, signal, each], { waits: [signal, timer] }),
      {
        reason: "waits_for_signal",
        step: "ok",
        sentence: expect.stringMatching(/signals\/decision\. Also waiting: nap\.$/),
        data: { waitingFor: [{ step: "ok" }, { step: "nap" }, { step: "each", for: { total: 1000 } }] },
      },
    ],
    [
      "how far items have come when nothing more is known",
      run([each]),
      { reason: "items_open", step: "each", sentence: "each: 37 of 1000 items are done, 10 are open, 2 failed." },
    ],
  ];

  it.each(cases)("names %s", (_, record, expected) => {
    expect(explain(record)).toMatchObject({ status: "RUNNING", ...expected });
  });

  it("names the wait in an item, and how far the items have come", () => {
    const inner = step("each[3].ok", { ...signal, key: stepKeyOf("each[3].ok") });
    expect(explain(run([each], { waits: [inner] }))).toMatchObject({
      reason: "waits_for_signal",
      step: "each[3].ok",
      sentence: expect.stringMatching(/^each: 37 of 1000 .* 2 failed\. Step each\[3\]\.ok waits for the signal/),
    });
  });

  it("names of what is under way in items first what runs, then what is tried again", () => {
    const tried = step("each[1].a", { ...retrying, key: stepKeyOf("each[1].a") });
    const atWork = step("each[2].a", { ...running, key: stepKeyOf("each[2].a") });
    expect(explain(run([each]), { inner: [tried, atWork] })).toMatchObject({ step: "each[2].a" });
    expect(explain(run([each]), { inner: [tried] })).toMatchObject({
      reason: "step_retrying",
      step: "each[1].a",
      sentence: expect.stringMatching(/^each: 37 of 1000 .* Step each\[1\]\.a is tried again at/),
    });
  });

  it("says that an item is failing, and takes nothing for due that will be canceled with it", () => {
    const tried = step("each[3].b", { ...retrying, key: stepKeyOf("each[3].b") });
    const atWork = step("each[3].a", { ...running, key: stepKeyOf("each[3].a") });
    expect(explain(run([each]), { inner: [itemFails, tried] })).toMatchObject({ step: "each" });
    expect(explain(run([each]), { inner: [itemFails, tried, atWork] })).toMatchObject({
      reason: "items_failing",
      step: "each[3].a",
      sentence: expect.stringContaining("Item each[3] is failing: the call answered 503 (http_status)."),
    });
  });

  it("says that a foreach is failing, and what its end waits for", () => {
    const atWork = step("each[7].a", { ...running, key: stepKeyOf("each[7].a") });
    expect(explain(run([eachFails]), { inner: [atWork] })).toMatchObject({
      reason: "items_failing",
      step: "each[7].a",
      sentence: expect.stringMatching(/^each is failing: the call answered 503 .* Step each\[7\]\.a has been running/),
    });
  });

  it("names five of the attempts that a failing run lets finish, and counts the others", () => {
    const inner = Array.from({ length: 8 }, (_, index) => ({ ...running, key: stepKeyOf(`each[${index}].a`) }));
    const record = run([each], { failure, counts: { ...NO_STEPS, running: 9 } });
    expect(explain(record, { inner }).sentence).toMatch(/each\[4\]\.a, 4 more\.$/);
  });

  it("names what goes on in a pause", () => {
    const operation: Event = {
      runId: runIdOf(1),
      seq: 4,
      prevHash: "",
      hash: "",
      at: EARLIER,
      type: "RUN_PAUSED",
      step: null,
      attempt: null,
      from: "WAITING",
      to: "PAUSED",
      actor: "key:ann",
      data: { reason: "lunch" },
    };
    expect(explain(run([timer], { status: "PAUSED", waits: [timer] }), { operation })).toMatchObject({
      status: "PAUSED",
      reason: "paused",
      since: SINCE,
      sentence: `The run was paused by key:ann (lunch); it goes on with POST ${RUN}/resume. Meanwhile: Step nap waits until ${UNTIL}, 3 days from now.`,
      data: { reason: "lunch", waitingFor: [{ step: "nap" }] },
    });
  });

  it("looks into items only where the recipe's own steps and the waits do not say it", () => {
    const counts = { ...NO_STEPS, running: 1, waiting: 2 };
    expect(findToLookInto(run([each], { counts }))).toEqual(["each"]);
    expect(findToLookInto(run([each, running], { counts }))).toEqual([]);
    expect(findToLookInto(run([each, running], { counts, failure }))).toEqual(["each"]);
    expect(findToLookInto(run([each], { counts: { ...NO_STEPS, waiting: 2 } }))).toEqual([]);
    expect(findToLookInto(run([each], { counts, status: "PAUSED" }))).toEqual([]);
  });
});

describe("a step that waits", () => {
  const sentences = {
    timer: [[{ kind: "timer", until: UNTIL }, LATER, `Step a waits until ${UNTIL}, 3 days from now.`]],
    signal: [
      [
        { kind: "signal", name: "decision", until: UNTIL, schema: null },
        LATER,
        `Step a waits for the signal decision since ${SINCE}, until ${UNTIL}, 3 days from now; send it with POST ${RUN}/signals/decision.`,
      ],
      [
        { kind: "signal", name: "decision", until: null, schema: null },
        null,
        `Step a waits for the signal decision since ${SINCE}, for as long as it takes; send it with POST ${RUN}/signals/decision.`,
      ],
    ],
    items: [
      [ITEMS, null, "a: 37 of 1000 items are done, 10 are open, 2 failed."],
      [{ ...ITEMS, total: 1, completed: 0, open: 1, failed: 0 }, null, "a: 0 of 1 item is done, 1 is open, 0 failed."],
      [
        { ...ITEMS, failure: scopeFailure },
        null,
        "a is failing: the call answered 503 (http_status). It ends when the items that are open are over: 37 of 1000 items are done, 10 are open, 2 failed.",
      ],
    ],
    block: [
      [BLOCK, null, "Item a has 2 steps to go, 1 of them at work."],
      [
        { ...BLOCK, failure: scopeFailure },
        null,
        "Item a is failing: the call answered 503 (http_status). It ends when 1 step at work is over.",
      ],
    ],
  } satisfies Record<WaitingFor["kind"], readonly (readonly [WaitingFor, Date | null, string])[]>;

  it.each(Object.values(sentences).flat())(
    "for %j until %s is told of in a sentence",
    (waitingFor, until, sentence) => {
      const record = step("a", { status: "WAITING", availableAt: until, waitingFor });
      expect(explainStep(record, { runId: runIdOf(1), now: NOW })).toMatchObject({
        sentence,
        step: "a",
        since: SINCE,
        until: until?.toISOString() ?? null,
        data: { waitingFor: { kind: waitingFor.kind } },
      });
    },
  );

  it.each([
    [0, "which is now"],
    [-5, "which is now"],
    [1, "1 second from now"],
    [89, "89 seconds from now"],
    [90, "2 minutes from now"],
    [3_600, "60 minutes from now"],
    [7_200, "2 hours from now"],
    [365 * 86_400, "365 days from now"],
  ])("and is over in %i s says so in words", (seconds, words) => {
    const availableAt = new Date(NOW.getTime() + seconds * 1_000);
    const waitingFor = { kind: "timer", until: availableAt.toISOString() } as const;
    const record = step("a", { status: "WAITING", availableAt, waitingFor });
    expect(explainStep(record, { runId: runIdOf(1), now: NOW }).sentence).toBe(
      `Step a waits until ${availableAt.toISOString()}, ${words}.`,
    );
  });
});
