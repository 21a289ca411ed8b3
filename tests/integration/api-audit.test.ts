import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { verifyExport } from "../../scripts/verify-export/verify-export.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeAll(async () => {
  await stack.api.save({
    name: "logged",
    steps: [
      { id: "one", type: "transform", with: 1 },
      { id: "two", type: "transform", with: 2 },
    ],
  });
});

/** Changes rows behind the back of the trigger that guards them, as someone with the database's password could. */
async function tamper(statement: string): Promise<void> {
  await stack.sql.begin(async (tx) => {
    await tx.unsafe("set local session_replication_role = replica");
    await tx.unsafe(statement);
  });
}

const TAMPERINGS: readonly (readonly [string, (id: string) => string, number])[] = [
  ["an edited event", (id) => `update events set actor = 'key:mallory' where run_id = '${id}' and seq = 3`, 3],
  ["edited data", (id) => `update events set data = '{"x":1}' where run_id = '${id}' and seq = 2`, 2],
  ["a deleted event", (id) => `delete from events where run_id = '${id}' and seq = 4`, 4],
  ["a deleted first event", (id) => `delete from events where run_id = '${id}' and seq = 1`, 1],
  ["a log cut at its end", (id) => `delete from events where run_id = '${id}' and seq >= 5`, 5],
  [
    "an inserted event",
    (id) =>
      `insert into events select run_id, seq + 1000, at, type, step_key, attempt, from_status, to_status, actor, data, prev_hash, hash
       from events where run_id = '${id}' and seq = 3`,
    -1,
  ],
  [
    "an event numbered before the first",
    (id) =>
      `insert into events select run_id, 0, at, type, step_key, attempt, from_status, to_status, actor, data, prev_hash, hash
       from events where run_id = '${id}' and seq = 1`,
    1,
  ],
  [
    "two events that changed places",
    (id) => `update events set seq = case seq when 2 then 102 else 103 end where run_id = '${id}' and seq in (2, 3);
      update events set seq = case seq when 102 then 3 else 2 end where run_id = '${id}' and seq in (102, 103)`,
    2,
  ],
];

describe("verify", () => {
  it("confirms a log that is as it was written", async () => {
    const { id, seq } = await stack.api.runToEnd("logged");
    const { body } = await stack.api.call("GET", `/api/runs/${id}/verify`);
    expect(body).toEqual({ ok: true, events: seq, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it.each(TAMPERINGS)("finds %s where it is", async (_, statementFor, brokenAt) => {
    const { id, seq } = await stack.api.runToEnd("logged");
    await tamper(statementFor(id));
    const { body } = await stack.api.call("GET", `/api/runs/${id}/verify`);
    expect(body).toMatchObject({ ok: false, brokenAt: brokenAt === -1 ? seq + 1 : brokenAt });
  });

  it("says of a run that is not there that it is not there", async () => {
    const { status } = await stack.api.call("GET", "/api/runs/01a205a6-8330-7001-ab60-5b1c615bad59/verify");
    expect(status).toBe(404);
  });
});

describe("an export", () => {
  it("is checked offline, and any change to it is found", async () => {
    const { id, seq } = await stack.api.runToEnd("logged");
    const { body, headers } = await stack.api.call("GET", `/api/runs/${id}/export`);
    const text = z.string().parse(body);
    const lines = text.trimEnd().split("\n");
    expect(headers.get("content-type")).toBe("application/x-ndjson");
    expect(verifyExport(text)).toMatchObject({ ok: true, events: seq });
    expect(verifyExport(lines.slice(0, -1).join("\n"))).toMatchObject({ ok: false, brokenAt: seq });
    expect(verifyExport(text.replace("STEP_STARTED", "STEP_STOPPED"))).toMatchObject({ ok: false });
  });
});

describe("the log of all runs", () => {
  it("gives every event once over its pages, newest first", async () => {
    const seen: string[] = [];
    let cursor = "";
    const shape = z.object({
      items: z.array(z.object({ runId: z.string(), seq: z.int(), at: z.string() })),
      nextCursor: z.string().nullable(),
    });
    do {
      const { body } = await stack.api.call("GET", `/api/audit?limit=20&workflow=logged&type=STEP_STARTED${cursor}`);
      const page = shape.parse(body);
      seen.push(...page.items.map(({ runId: id, seq, at }) => `${at} ${id} ${String(seq).padStart(9, "0")}`));
      cursor = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
    } while (cursor !== "");
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    const rows = await stack.sql<{ count: number }[]>`
      select count(*)::int as count from events where type = 'STEP_STARTED'`;
    expect(seen).toHaveLength(rows[0]?.count ?? -1);
  });

  it("tells of saved workflows with the name of the key", async () => {
    const { body } = await stack.api.call("GET", "/api/audit/operators");
    expect(body).toMatchObject({ items: [{ type: "WORKFLOW_SAVED", subject: "logged", actor: "key:bootstrap" }] });
  });

  it("of operators refuses to be changed", async () => {
    await expect(stack.sql`delete from operator_events`).rejects.toThrow(/append-only/);
  });
});
