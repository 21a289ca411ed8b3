import { describe, expect, it } from "vitest";
import { DEADLINE, messageOf, parseMessage, type Target, targetText } from "../../../src/domain/target.ts";
import { runIdOf, stepKeyOf } from "../../support/ids.ts";

const RUN = runIdOf(3);

function stepTarget(key: string): Target {
  return { kind: "step", stepKey: stepKeyOf(key) };
}

describe("the text of a message", () => {
  it.each(["fetch", "each[3]", "each[3].resize", "undo:reserve", "run:output", "each[3].each:output"])(
    "names run and step: %s",
    (key) => {
      const text = messageOf({ runId: RUN, target: targetText(stepTarget(key)) });
      expect(text).toBe(`${RUN}/${key}`);
      expect(parseMessage(text)).toEqual({ runId: RUN, target: stepTarget(key) });
    },
  );

  it("names the deadline of a run, which no step is called", () => {
    const text = messageOf({ runId: RUN, target: targetText(DEADLINE) });
    expect(text).toBe(`${RUN}/run:deadline`);
    expect(parseMessage(text)).toEqual({ runId: RUN, target: DEADLINE });
  });

  it.each(["", "/", "x", String(RUN), `${RUN}/`, `/${RUN}/a`, `${RUN}/a/b`, `${RUN.toUpperCase()}/a`, `x${RUN}/a`])(
    "is not %j",
    (text) => {
      expect(parseMessage(text)).toBeNull();
    },
  );

  it.each(["a b", "a\n", "é", "a".repeat(401)])("is not one of the step %j", (key) => {
    expect(parseMessage(`${RUN}/${key}`)).toBeNull();
  });
});
