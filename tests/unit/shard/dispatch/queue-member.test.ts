import { describe, expect, it } from "vitest";
import { DEADLINE_KEY, stepKeyOf } from "../../../../src/domain/ids.ts";
import { memberOf, parseMember } from "../../../../src/shard/dispatch/queue.ts";
import { runIdOf } from "../../../support/ids.ts";

const RUN = runIdOf(3);

describe("the member of a message", () => {
  it.each(["fetch", "each[3].resize", "undo:reserve", "run:output", DEADLINE_KEY])("names run and step: %s", (key) => {
    const ref = { runId: RUN, stepKey: stepKeyOf(key) };
    expect(parseMember(memberOf(ref))).toEqual(ref);
  });

  it.each(["", "/", "x", String(RUN), `${RUN}/`, `/${RUN}/a`, `${RUN}/a/b`, `${RUN.toUpperCase()}/a`, `x${RUN}/a`])(
    "is not %j",
    (text) => {
      expect(parseMember(text)).toBeNull();
    },
  );
});
