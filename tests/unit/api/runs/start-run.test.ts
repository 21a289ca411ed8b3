import { describe, expect, it } from "vitest";
import { shardOfRun } from "../../../../src/domain/ids.ts";
import type { StartReply, StartRequest } from "../../../../src/ledger/request.ts";
import { AWAY_SHARDS, type Received, type Sent, send } from "../fake-services.ts";

/** Sends a start to a shard that refuses it in the given way, and notes what arrived there. */
async function startWith(
  reply: StartReply,
  sent: Omit<Sent, "path" | "method"> = {},
): Promise<Received & { readonly requests: readonly StartRequest[] }> {
  const requests: StartRequest[] = [];
  const answer = await send(
    { method: "POST", path: "/api/workflows/demo/runs", ...sent },
    {
      shards: {
        ...AWAY_SHARDS,
        start: async (request) => {
          requests.push(request);
          return { ok: true, value: reply };
        },
      },
    },
  );
  return { ...answer, requests };
}

const UNKNOWN: StartReply = { kind: "unknown_workflow" };

describe("a start", () => {
  it("without a body starts with an empty input", async () => {
    const { requests } = await startWith(UNKNOWN);
    expect(requests).toMatchObject([{ workflow: "demo", input: {}, version: null, labels: {}, idempotency: null }]);
  });

  it("carries the name of its key as actor", async () => {
    const { requests } = await startWith(UNKNOWN);
    expect(requests[0]?.actor).toBe("key:bootstrap");
  });

  it("whose input is not under `input` is told where it goes", async () => {
    const { status, body } = await startWith(UNKNOWN, { body: '{"userId":2}' });
    const message = "there is no field `userId` here; what the run reads goes under `input`";
    expect([status, body]).toMatchObject([400, { detail: message, issues: [{ path: "/userId", message }] }]);
  });

  it("with a number that would be changed is refused, with its place", async () => {
    const { status, body, requests } = await startWith(UNKNOWN, { body: '{"input":{"id":9007199254740993}}' });
    expect([status, body]).toMatchObject([400, { code: "malformed_body", issues: [{ path: "/input/id" }] }]);
    expect(requests).toEqual([]);
  });

  it("takes members of any name as input", async () => {
    const input = '{"__proto__":{"a":1},"constructor":2}';
    const { requests } = await startWith(UNKNOWN, { body: `{"input":${input}}` });
    expect(JSON.stringify(requests[0]?.input)).toBe(input);
  });

  it("with a label called __proto__ is refused", async () => {
    const { status, requests } = await startWith(UNKNOWN, { body: '{"labels":{"__proto__":"x"}}' });
    expect([status, requests]).toEqual([400, []]);
  });

  it("takes any JSON as input, null and false too", async () => {
    const { requests } = await startWith(UNKNOWN, { body: '{"input":null}' });
    expect(requests[0]?.input).toBeNull();
  });

  it("with the same key goes to the same shard, whatever its run id", async () => {
    const headers = { "Idempotency-Key": "order-1" };
    const first = await startWith(UNKNOWN, { headers, body: '{"input":1}' });
    const second = await startWith(UNKNOWN, { headers, body: '{"input":2}' });
    const shards = [...first.requests, ...second.requests].map((request) => shardOfRun(request.runId));
    expect(new Set(shards).size).toBe(1);
  });

  it("has the same request hash however its body is written, and another for another body", async () => {
    const headers = { "Idempotency-Key": "order-1" };
    const bodies = ['{"input":{"a":1,"b":2}}', '{ "labels": {}, "input": {"b":2, "a":1.0} }', '{"input":{"a":1}}'];
    const answers = await Promise.all(bodies.map(async (body) => startWith(UNKNOWN, { headers, body })));
    const [first, same, other] = answers.map(({ requests }) => requests[0]?.idempotency?.requestHash);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  const refusals: readonly (readonly [StartReply, number, string])[] = [
    [UNKNOWN, 404, "workflow_not_found"],
    [{ kind: "workflow_disabled" }, 409, "workflow_disabled"],
    [{ kind: "unknown_version", latestVersion: 2 }, 404, "version_not_found"],
    [{ kind: "invalid_input", issues: [{ path: "/n", message: "no number" }] }, 422, "invalid_input"],
  ];

  it.each(refusals)("that is refused as $kind says so", async (reply, status, code) => {
    expect((await startWith(reply)).body).toMatchObject({ status, code });
  });

  it("with a bad input is told where in its body", async () => {
    const { body } = await startWith({ kind: "invalid_input", issues: [{ path: "/n", message: "no number" }] });
    expect(body).toMatchObject({ issues: [{ path: "/input/n", message: "no number" }] });
  });
});
