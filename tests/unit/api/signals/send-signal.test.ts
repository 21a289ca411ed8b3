import { describe, expect, it } from "vitest";
import type { CommandReply, CommandRequest } from "../../../../src/ledger/request.ts";
import { runIdOf } from "../../../support/ids.ts";
import { AWAY_SHARDS, type Received, send, type Sent } from "../fake-services.ts";

const RUN_ID = runIdOf();
const PATH = `/api/runs/${RUN_ID}/signals/decision`;

async function post(
  sent: Partial<Sent>,
  reply: CommandReply = { kind: "applied" },
): Promise<Received & { readonly commands: readonly CommandRequest[] }> {
  const commands: CommandRequest[] = [];
  let count = 0;
  const answer = await send(
    { method: "POST", path: PATH, ...sent },
    {
      shards: {
        ...AWAY_SHARDS,
        command: async (request) => {
          commands.push(request);
          return { ok: true, value: reply };
        },
      },
      randomBytes: (byteCount) => new Uint8Array(byteCount).fill((count += 1)),
    },
  );
  return { ...answer, commands };
}

describe("a signal over the API", () => {
  it("reaches the run with its payload, under the client's key and in its name", async () => {
    const headers = { "Idempotency-Key": "mail-7" };
    const { status, body, commands } = await post({ body: '{"approved":true,"__proto__":1}', headers });
    expect([status, body]).toEqual([202, { status: "accepted", runId: RUN_ID }]);
    const [request] = commands;
    expect(request).toMatchObject({
      runId: RUN_ID,
      command: { type: "signal", name: "decision", idempotencyKey: "mail-7", actor: "key:bootstrap" },
    });
    expect(JSON.stringify(request)).toContain('"payload":{"approved":true,"__proto__":1}');
  });

  it.each([
    ["nothing", {}, null],
    ["null", { body: "null" }, null],
    ["a text", { body: '"yes"' }, "yes"],
    ["a list", { body: "[1]" }, [1]],
  ])("carries %s", async (_, sent, payload) => {
    expect((await post(sent)).commands).toMatchObject([{ command: { payload } }]);
  });

  it("without a key is one of its own each time", async () => {
    const { commands } = await post({});
    expect(commands).toMatchObject([{ command: { idempotencyKey: expect.stringMatching(/^once:[0-9a-f]{32}$/) } }]);
  });

  it("that came before is told so", async () => {
    const { status, body, headers } = await post({}, { kind: "already_received" });
    expect([status, body]).toEqual([202, { status: "replayed", runId: RUN_ID }]);
    expect(headers.get("Idempotent-Replayed")).toBe("true");
  });

  const REFUSED: readonly {
    readonly what: string;
    readonly name?: string;
    readonly reply: CommandReply;
    readonly body: { readonly status: number; readonly code: string; readonly [member: string]: unknown };
  }[] = [
    {
      what: "of a run that is not there",
      reply: { kind: "unknown_run" },
      body: { status: 404, code: "run_not_found" },
    },
    {
      what: "that no step waits for",
      name: "decisoin",
      reply: { kind: "unknown_signal", names: ["approval", "decision"] },
      body: { status: 404, code: "signal_not_found", detail: expect.stringContaining("did you mean `decision`") },
    },
    {
      what: "that is like none that steps wait for",
      name: "x",
      reply: { kind: "unknown_signal", names: ["approval", "decision"] },
      body: { status: 404, code: "signal_not_found", detail: expect.stringContaining("here: `approval`, `decision`") },
    },
    {
      what: "of a run that has ended",
      reply: { kind: "conflict", status: "COMPLETED", detail: "the run is COMPLETED" },
      body: { status: 409, code: "run_state_conflict", runStatus: "COMPLETED" },
    },
    {
      what: "whose payload is not what is asked for",
      reply: { kind: "invalid_payload", issues: [{ path: "/approved", message: "is missing" }] },
      body: {
        status: 400,
        code: "invalid_payload",
        issues: [{ path: "/approved", code: "invalid_payload", message: "is missing" }],
      },
    },
  ];

  it.each(REFUSED)("$what is refused with the reason", async ({ name = "decision", reply, body }) => {
    const answer = await post({ path: PATH.replace("decision", name) }, reply);
    expect(answer.status).toBe(body.status);
    expect(answer.body).toMatchObject(body);
  });

  const BAD: readonly (readonly [string, Partial<Sent>, number, string])[] = [
    ["a name that cannot be one", { path: PATH.replace("decision", "a%20b") }, 404, "not_found"],
    ["a run id that cannot be one", { path: "/api/runs/1/signals/decision" }, 404, "not_found"],
    ["a key that cannot be one", { headers: { "Idempotency-Key": "k".repeat(256) } }, 400, "invalid_request"],
    ["a body that is no JSON", { body: "{" }, 400, "malformed_body"],
    ["a NUL in its payload", { body: String.raw`"\u0000"` }, 400, "malformed_body"],
    ["too large a payload", { body: `"${"x".repeat(300_000)}"` }, 413, "body_too_large"],
    ["a form", { body: "a=b", headers: { "Content-Type": "application/x-www-form-urlencoded" } }, 415, "unsupported"],
  ];

  it.each(BAD)("with %s reaches no run", async (_, sent, status, code) => {
    const answer = await post(sent);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code: expect.stringContaining(code) });
    expect(answer.commands).toEqual([]);
  });
});
