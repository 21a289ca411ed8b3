import { describe, expect, it } from "vitest";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

/** Steps side by side that each give this many characters. */
const WIDTH = 40;
const CHARACTERS = 1_000_000;

describe("a step that reads more than a call to its consumer can carry", () => {
  it("fails at once with a reason that names the limit, and the next run works", async () => {
    const ids = Array.from({ length: WIDTH }, (_, index) => `s${index}`);
    await stack.api.save({
      name: "wide",
      steps: [
        ...ids.map((id) => ({ id, needs: [], type: "transform", with: `\${{ $pad("x", ${CHARACTERS}, "y") }}` })),
        { id: "join", needs: ids, type: "transform", with: ids.map((id) => `\${{ steps.${id} }}`) },
      ],
    });
    const run = await stack.api.runToEnd("wide");
    expect(run).toMatchObject({ status: "FAILED", error: { code: "reads_too_large", step: "join", attempt: 1 } });
    await stack.api.save({ name: "small", steps: [{ id: "one", type: "transform", with: 1 }] });
    expect(await stack.api.runToEnd("small")).toMatchObject({ status: "COMPLETED" });
  });
});
