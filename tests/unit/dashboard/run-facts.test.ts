import { describe, expect, it } from "vitest";
import type { AuditEvent, Json } from "../../../dashboard/model/api-types.ts";
import { describeEvent, nameOfStep } from "../../../dashboard/model/run-facts.ts";

function eventOf(type: string, data: Json): AuditEvent {
  const at = "2026-11-26T08:00:00.000Z";
  const base = { runId: "run", seq: 1, at, step: "approve", attempt: 1, from: null, to: null, actor: "system" };
  return { ...base, type, data, prevHash: "", hash: "" };
}

const UNTIL = "2026-12-03T08:00:00.000Z";
const UNTIL_TEXT = "2026-12-03 08:00:00.000 UTC";

describe("an event in the audit log", () => {
  it.each<[string, Json, string]>([
    ["STEP_WAITING", { for: "timer", until: UNTIL }, `waits until ${UNTIL_TEXT}`],
    ["STEP_WAITING", { for: "signal", name: "go", until: UNTIL }, `waits for the signal go until ${UNTIL_TEXT}`],
    ["STEP_WAITING", { for: "signal", name: "go", until: null }, "waits for the signal go for as long as it takes"],
    ["STEP_WAITING", { for: "items", items: 120 }, "waits for its 120 items"],
    ["SIGNAL_RECEIVED", { name: "go", idempotencyKey: "mail-1" }, "signal go, key mail-1"],
    ["STEP_FAILED", { code: "http_error", message: "HTTP 503" }, "http_error: HTTP 503"],
  ])("%s with %j says: %s", (type, data, text) => {
    expect(describeEvent(eventOf(type, data))).toBe(text);
  });
});

describe("the name of a step", () => {
  it.each([
    ["fetch", "fetch"],
    ["run:output", "output"],
    ["each[3].each:output", "each[3].output"],
    ["each[3].inner[0].inner:output", "each[3].inner[0].output"],
  ])("%s is %s", (key, name) => {
    expect(nameOfStep(key)).toBe(name);
  });
});
