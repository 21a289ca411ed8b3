import { describe, expect, it } from "vitest";
import { executeStep } from "../../../src/steps/execute-step.ts";
import { createAssignment, RUN_ID } from "./assignments.ts";
import { createPorts, startServer } from "./local-server.ts";

const SIGNAL_URL = `https://baton.test/signals/${RUN_ID}-of-call`;

describe("executeStep", () => {
  it("skips a step whose `if` is false, before its parameters are looked at", async () => {
    const assignment = createAssignment({ with: { url: "${{ $error('not evaluated') }}" }, if: "input.go = true" });
    expect(await executeStep(assignment, createPorts())).toEqual({ kind: "skipped" });
  });

  it("executes a step whose `if` is true", async () => {
    const assignment = createAssignment({ type: "transform", with: "done", if: "input.go", input: { go: true } });
    expect(await executeStep(assignment, createPorts())).toEqual({ kind: "completed", output: "done" });
  });

  it.each([
    ["if", { with: 1, if: "$error('broken')" }],
    ["with", { with: { a: "${{ $error('broken') }}" } }],
  ])("fails for good when an expression in `%s` cannot be evaluated", async (_, parts) => {
    const outcome = await executeStep(createAssignment({ type: "transform", ...parts }), createPorts());
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: expect.stringMatching(/^expression_/) },
      retryable: false,
      retryAfterMs: null,
    });
  });

  it.each(["transform", "output"] as const)("gives the value of the template of a %s step", async (type) => {
    const assignment = createAssignment({
      type,
      with: { id: "${{ input.id }}", none: "${{ input.none }}", text: "no ${{ input.id }}", list: [1] },
      input: { id: 7 },
    });
    expect(await executeStep(assignment, createPorts())).toEqual({
      kind: "completed",
      output: { id: 7, none: null, text: "no 7", list: [1] },
    });
  });

  it.each([
    ["the address itself", "${{ run.signalUrl }}", SIGNAL_URL],
    ["that of a signal", '${{ run.signalUrl & "/decision" }}', `${SIGNAL_URL}/decision`],
    ["a lookup", '${{ $lookup(run, "signalUrl") }}', SIGNAL_URL],
    [
      "the run as a whole, which does not give it away",
      "${{ $keys(run) }}",
      ["id", "workflow", "version", "startedAt"],
    ],
    [
      "all that the run has",
      "${{ $string(run.*) }}",
      JSON.stringify([RUN_ID, "orders", 1, "2026-03-01T11:59:00.000Z"]),
    ],
  ])("makes the address of signals for who names it: %s", async (_, template, output) => {
    const assignment = createAssignment({ type: "transform", with: template });
    expect(await executeStep(assignment, createPorts())).toEqual({ kind: "completed", output });
  });

  it("fails for good, and says what the deployment lacks, when no address of signals can be made", async () => {
    const lacking = {
      ...createPorts(),
      makeSignalUrl: () => ({ ok: false as const, message: "SIGNING_KEY is not set" }),
    };
    const reads = createAssignment({ type: "transform", with: "${{ run.signalUrl }}" });
    expect(await executeStep(reads, lacking)).toMatchObject({
      kind: "failed",
      retryable: false,
      error: { code: "expression_failed", message: expect.stringMatching(/run\.signalUrl.*SIGNING_KEY is not set/) },
    });
    const doesNot = createAssignment({ type: "transform", with: "${{ run.id }}" });
    expect(await executeStep(doesNot, lacking)).toEqual({ kind: "completed", output: RUN_ID });
  });

  it("gives a step its item where there is one, and else nothing by that name", async () => {
    const parts = { type: "transform", with: "${{ [item.name, index, $exists($$.index)] }}" } as const;
    expect(await executeStep(createAssignment({ ...parts, item: { name: "a" } }), createPorts())).toMatchObject({
      output: ["a", 0, true],
    });
    expect(await executeStep(createAssignment(parts), createPorts())).toMatchObject({ output: [false] });
  });

  it("puts values into the parameters of a call and leaves out what is missing", async () => {
    const server = await startServer((_, response) => response.end("ok"));
    const assignment = createAssignment({
      with: {
        method: "POST",
        url: `${server.origin}/items/\${{ input.id }}`,
        query: { page: "${{ input.page }}", none: "${{ input.none }}" },
        headers: { "x-attempt": "${{ step.attempt }}", "x-none": "${{ input.none }}" },
        body: { id: "${{ input.id }}", none: "${{ input.none }}", key: "${{ step.idempotencyKey }}" },
      },
      input: { id: 7, page: 2 },
      attempt: 3,
    });
    const outcome = await executeStep(assignment, createPorts());
    expect(outcome).toMatchObject({ kind: "completed", output: { status: 200, body: "ok" } });
    expect(server.received).toMatchObject([
      { path: "/items/7?page=2", headers: { "x-attempt": "3" }, body: `{"id":7,"key":"${RUN_ID}:call"}` },
    ]);
    expect(server.received[0]?.headers).not.toHaveProperty("x-none");
  });

  it("sends the same idempotency key with every attempt", async () => {
    const server = await startServer((_, response) => response.writeHead(503).end());
    for (const attempt of [1, 2, 3]) {
      await executeStep(createAssignment({ with: { url: server.origin }, attempt }), createPorts());
    }
    const keys = server.received.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([`${RUN_ID}:call`, `${RUN_ID}:call`, `${RUN_ID}:call`]);
  });

  it("names a missing value when the URL comes to nothing", async () => {
    const outcome = await executeStep(createAssignment({ with: { url: "${{ input.url }}" } }), createPorts());
    expect(outcome).toMatchObject({
      error: { code: "http_params", message: expect.stringContaining("`url` is missing") },
      retryable: false,
    });
  });

  it("ends an attempt at its deadline", async () => {
    const server = await startServer(() => undefined);
    const outcome = await executeStep(createAssignment({ with: { url: server.origin }, timeoutMs: 40 }), createPorts());
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "timeout" }, retryable: true });
  });

  it("ends an attempt at its deadline even when the call does not heed it", async () => {
    const ports = { ...createPorts(), callHttp: () => new Promise<never>(() => undefined) };
    const assignment = createAssignment({ with: { url: "https://api.example.com/" }, timeoutMs: 1 });
    expect(await executeStep(assignment, ports)).toMatchObject({ error: { code: "timeout" }, retryable: true });
  });

  it("turns a mistake of ours into a failure that is tried again, reports it and shows no detail", async () => {
    const mistake = new TypeError("s3cret is not a function");
    const ports = { ...createPorts(), callHttp: () => Promise.reject(mistake) };
    const outcome = await executeStep(createAssignment({ with: { url: "https://api.example.com/" } }), ports);
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "internal_error" }, retryable: true });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|\bat /);
    expect(ports.unexpected).toEqual([mistake]);
  });

  it("refuses an output over the limit for good", async () => {
    const half = "x".repeat(600_000);
    const assignment = createAssignment({ type: "transform", with: ["${{ input }}", "${{ input }}"], input: half });
    expect(await executeStep(assignment, createPorts())).toMatchObject({
      kind: "failed",
      error: { code: expect.stringMatching(/_too_large$/) },
      retryable: false,
    });
  });
});
