import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/domain/json.ts";
import type { Outcome } from "../../../src/domain/run/outcome.ts";
import { executeStep } from "../../../src/steps/execute-step.ts";
import { createAssignment } from "./assignments.ts";
import { createPorts } from "./local-server.ts";

async function open(items: Json, input: Json = {}, item?: Json): Promise<Outcome> {
  const parts = { type: "foreach", with: items, input, ...(item === undefined ? {} : { item }) } as const;
  return executeStep(createAssignment(parts), createPorts());
}

describe("a step that runs others for each item of a list", () => {
  it("waits for the items that its expression gives, or that are written out", async () => {
    const on = { kind: "items", values: [{ id: 1 }, null, "x"] };
    expect(await open("${{ input.orders }}", { orders: on.values })).toEqual({ kind: "waiting", on });
    expect(await open([{ id: "${{ input.id }}" }, "${{ input.none }}", "x"], { id: 1 })).toEqual({
      kind: "waiting",
      on,
    });
  });

  it("takes its list from the item that it is in, and an empty one is a list", async () => {
    const outcome = await open("${{ item.lines[] }}", {}, { lines: ["a"] });
    expect(outcome).toMatchObject({ on: { values: ["a"] } });
    expect(await open("${{ input.none ?? [] }}")).toMatchObject({ kind: "waiting", on: { values: [] } });
  });

  it("keeps what cannot be stored out of its items", async () => {
    expect(await open(["a\u0000b"])).toMatchObject({ on: { values: ["a\ufffdb"] } });
  });

  it.each<readonly [string, Json, Json, string]>([
    [
      "a list that is missing",
      "${{ input.none }}",
      {},
      "null or missing, not a list: look at its expression, and write `(...) ?? []`",
    ],
    [
      "a list of one that became its entry",
      "${{ input.list[id = 1] }}",
      { list: [{ id: 1 }] },
      "an object, not a list: an expression makes a list of one into its entry unless the path has `[]`",
    ],
    ["text", "${{ input.list }}", { list: "a,b" }, "text, not a list"],
    ["a number", "${{ input.list }}", { list: 3 }, "a number, not a list"],
  ])("fails for good on %s, and says what to write", async (_what, items, input, message) => {
    expect(await open(items, input)).toMatchObject({
      kind: "failed",
      retryable: false,
      error: { code: "foreach_params", message: expect.stringContaining(message) },
    });
  });

  it("takes 10,000 items of 1 MiB together, and fails for good on more", async () => {
    const many = Array.from({ length: 10_000 }, () => 1);
    expect(await open("${{ input }}", many)).toMatchObject({ kind: "waiting" });
    expect(await open("${{ input }}", [...many, 1])).toMatchObject({
      kind: "failed",
      retryable: false,
      error: { code: "items_too_large", message: expect.stringContaining("10001 entries, more than the 10000") },
    });
    const large = ["ü".repeat(300_000), "ü".repeat(300_000)];
    expect(await open("${{ input }}", large)).toMatchObject({
      error: { code: "items_too_large", message: expect.stringContaining("bytes of JSON, more than the 1048576") },
    });
  });
});
