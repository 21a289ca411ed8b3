import { type IssueCase, withStep } from "./issue-cases.ts";

/** A recipe whose second step is a `wait`; its `with` is on line 8, its first member at column 13. */
function withWait(parameters: string): string {
  return withStep(`id: b\ntype: wait\nwith: { ${parameters} }`);
}

/** Mistakes in steps that wait. */
export const WAIT_CASES: readonly IssueCase[] = [
  {
    what: "a wait without parameters",
    text: withStep("id: b\ntype: wait"),
    issue: ["missing_key", "/steps/1/with", 6, 5],
    says: "add `with`",
  },
  {
    what: "a wait for nothing",
    text: withStep("id: b\ntype: wait\nwith: {}"),
    issue: ["missing_key", "/steps/1/with", 8, 11],
    says: "one of `for`, `until` and `signal`",
  },
  {
    what: "a wait for a mistyped signal",
    text: withWait("singal: decision"),
    issue: ["unknown_key", "/steps/1/with/singal", 8, 13],
    says: "did you mean `signal`?",
  },
  {
    what: "a wait for two things",
    text: withWait("for: 5m, signal: decision"),
    issue: ["wrong_value", "/steps/1/with/signal", 8, 22],
    says: "not for `for` and `signal`",
  },
  {
    what: "a timeout without a signal",
    text: withWait("for: 5m, timeout: 1h"),
    issue: ["wrong_value", "/steps/1/with/timeout", 8, 22],
    says: "`timeout` is for a step that waits for a `signal`",
  },
  {
    what: "a payload without a signal",
    text: withWait("for: 5m, schema: { type: object }"),
    issue: ["wrong_value", "/steps/1/with/schema", 8, 22],
    says: "`schema`",
  },
  {
    what: "a wait for a number",
    text: withWait("for: 5"),
    issue: ["bad_duration", "/steps/1/with/for", 8, 18],
    says: "`5s`",
  },
  {
    what: "a wait for no duration",
    text: withWait("for: 5 minutes"),
    issue: ["bad_duration", "/steps/1/with/for", 8, 18],
    says: '"5 minutes" is no duration',
  },
  {
    what: "a wait for over ten years",
    text: withWait("for: 4000d"),
    issue: ["bad_duration", "/steps/1/with/for", 8, 18],
    says: "at most `3653d`",
  },
  {
    what: "a wait for no instant",
    text: withWait("until: tomorrow"),
    issue: ["wrong_value", "/steps/1/with/until", 8, 20],
    says: "ISO 8601",
  },
  {
    what: "a wait for a day that does not exist",
    text: withWait('until: "2026-02-30T10:00:00Z"'),
    issue: ["wrong_value", "/steps/1/with/until", 8, 20],
    says: "does not exist",
  },
  {
    what: "a bad name of a signal",
    text: withWait("signal: Decision!"),
    issue: ["wrong_value", "/steps/1/with/signal", 8, 21],
    says: "lower-case letter",
  },
  {
    what: "a signal whose name is computed",
    text: withWait('signal: "${{ input.name }}"'),
    issue: ["wrong_value", "/steps/1/with/signal", 8, 21],
    says: "write the name itself",
  },
  {
    what: "a timeout of no duration",
    text: withWait("signal: decision, timeout: 1 day"),
    issue: ["bad_duration", "/steps/1/with/timeout", 8, 40],
    says: '"1 day"',
  },
  {
    what: "a payload that is no schema",
    text: withWait("signal: decision, schema: { type: strng }"),
    issue: ["input_schema", "/steps/1/with/schema/type", 8, 47],
    says: "in the payload schema",
  },
  {
    what: "a signal with two schemas",
    text: withWait(
      "signal: go, schema: { type: object } }\n- { id: c, type: wait, with: { signal: go, schema: { type: array } }",
    ).replace("    - {", "  - {"),
    issue: ["wrong_value", "/steps/2/with/signal", 9, 42],
    says: "another step waits for `go`",
  },
  {
    what: "a wait that reads its own output",
    text: withWait('for: "${{ steps.b.payload.time }}"'),
    issue: ["needs_order", "/steps/1/with/for", 8, 18],
    says: "own output",
  },
];
