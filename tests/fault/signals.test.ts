import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../../src/domain/json.ts";
import type { Answer } from "../stack/api-client.ts";
import { forgetDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { delay, waitUntil } from "../stack/wait-until.ts";
import { CommitGate } from "./commit-gate.ts";

const STORM = 30;

const stack = useStack({ workerVars: { LEASE_MS: "1000" } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

/** A run that waits for `decision` after a call that takes a while, or at once. */
async function startAsking(workflow: string, { timeout = "5m", slowMs = 0 } = {}): Promise<string> {
  const call = { id: "call", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${slowMs}` } };
  await stack.api.save({
    name: workflow,
    defaults: { retry: { attempts: 5, delay: "50ms" } },
    steps: [
      ...(slowMs > 0 ? [call] : []),
      { id: "decision", type: "wait", with: { signal: "decision", timeout } },
      {
        id: "act",
        type: "transform",
        with: { answer: "${{ steps.decision.payload.answer }}", timedOut: "${{ steps.decision.timedOut }}" },
      },
    ],
  });
  const { id } = await stack.api.start(workflow);
  await (slowMs > 0 ? stack.untilStep(id, "call", "RUNNING") : stack.untilStep(id, "decision", "WAITING"));
  return id;
}

async function send(id: string, payload: Json, key: string): Promise<Answer> {
  return stack.api.call("POST", `/api/runs/${id}/signals/decision`, payload, { "idempotency-key": key });
}

/** Holds the commit that ends the wait of a run, whoever ends it. */
async function gateEnd(id: string): Promise<CommitGate> {
  return CommitGate.close(stack.stack.info.databaseUrl, {
    table: "steps",
    condition: `new.run_id = '${id}' and new.key = 'decision' and new.status = 'COMPLETED'`,
  });
}

async function dueAt(id: string): Promise<number> {
  const [row] = await stack.sql<{ due: Date }[]>`
    select available_at as due from steps where run_id = ${id} and key = 'decision'`;
  return row?.due.getTime() ?? 0;
}

async function expectAnswer(id: string, output: Json): Promise<void> {
  await stack.untilEnded([id]);
  expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output });
  const [stored] = await expectSoundRuns(stack, [id]);
  expect(stored?.events.filter(({ step, to }) => step === "decision" && to === "COMPLETED")).toHaveLength(1);
}

async function countReceived(id: string): Promise<number> {
  return (await stack.api.events(id)).filter(({ type }) => type === "SIGNAL_RECEIVED").length;
}

describe("a signal whose sender hears nothing", () => {
  it("shard dies after the commit of a signal, before it answers: the run goes on, and the sender's repeat counts once", async () => {
    const id = await startAsking("committed");
    const gate = await gateEnd(id);
    const unheard = send(id, { answer: "yes" }, "one").catch(() => null);
    await gate.reached();
    await stack.stack.holdWorker();
    await gate.letThrough();
    await unheard;
    await stack.stack.resumeWorker();
    expect(await send(id, { answer: "yes" }, "one")).toMatchObject({ body: { status: "replayed" } });
    await expectAnswer(id, { answer: "yes", timedOut: false });
    expect(await countReceived(id)).toBe(1);
  });

  it("shard dies before the commit of a signal: nothing of it is left, and the sender's repeat is taken", async () => {
    const id = await startAsking("undone");
    const gate = await gateEnd(id);
    const unheard = send(id, { answer: "yes" }, "one").catch(() => null);
    await gate.reached();
    await stack.stack.holdWorker();
    await gate.undo();
    await unheard;
    await stack.untilStep(id, "decision", "WAITING");
    expect(await stack.sql`select 1 from signals where run_id = ${id}`).toHaveLength(0);
    await stack.stack.resumeWorker();
    expect(await send(id, { answer: "yes" }, "one")).toMatchObject({ body: { status: "accepted" } });
    await expectAnswer(id, { answer: "yes", timedOut: false });
    expect(await countReceived(id)).toBe(1);
  });

  it("shard dies after the commit of a signal, before it answers (nobody waits for it yet): it is kept for its step", async () => {
    const id = await startAsking("early", { slowMs: 600 });
    const gate = await CommitGate.close(stack.stack.info.databaseUrl, {
      table: "signals",
      condition: `new.run_id = '${id}'`,
    });
    const unheard = send(id, { answer: "early" }, "one").catch(() => null);
    await gate.reached();
    await stack.stack.holdWorker();
    await gate.letThrough();
    await unheard;
    await stack.stack.resumeWorker();
    await expectAnswer(id, { answer: "early", timedOut: false });
  });

  it("signal sent again and again under one key, over a kill: it counts once", async () => {
    const id = await startAsking("again");
    const sendTen = async (): Promise<unknown> =>
      Promise.allSettled(Array.from({ length: 10 }, () => send(id, { answer: "same" }, "same")));
    const first = sendTen();
    await waitUntil(
      async () => ((await stack.sql`select 1 from signals where run_id = ${id}`).length > 0 ? true : null),
      {
        until: "one has arrived",
      },
    );
    await stack.stack.killWorker();
    await first;
    await sendTen();
    await expectAnswer(id, { answer: "same", timedOut: false });
    expect(await countReceived(id)).toBe(1);
    expect(await stack.sql`select 1 from signals where run_id = ${id}`).toHaveLength(1);
  });
});

describe("a signal that comes when its time is up", () => {
  it("signal and timeout in the same instant (the timeout first): the signal changes nothing any more", async () => {
    const id = await startAsking("timeout-first", { timeout: "1s" });
    const gate = await gateEnd(id);
    await gate.reached();
    const late = send(id, { answer: "late" }, "one");
    await gate.letThrough();
    // The step's end is in the log: what is sent now is kept in vain, or refused when the run has ended too.
    expect([202, 409]).toContain((await late).status);
    await expectAnswer(id, { answer: null, timedOut: true });
  });

  it("signal and timeout in the same instant (the signal first): the timeout changes nothing any more", async () => {
    const id = await startAsking("signal-first", { timeout: "1500ms" });
    const gate = await gateEnd(id);
    const sent = send(id, { answer: "in time" }, "one");
    await gate.reached();
    await delay(Math.max(0, (await dueAt(id)) - Date.now()) + 200);
    await gate.letThrough();
    expect(await sent).toMatchObject({ body: { status: "accepted" } });
    await expectAnswer(id, { answer: "in time", timedOut: false });
  });

  it(`signal and timeout in the same instant (${STORM} times): one of them ends the step, and the sender is told no lie`, async () => {
    const ids = await Promise.all(
      Array.from({ length: STORM }, (_, index) => startAsking(`storm-${index}`, { timeout: "3s" })),
    );
    const answers = await Promise.all(
      ids.map(async (id, index) => {
        // From 60 ms before its time is up to 60 ms after.
        const offsetMs = (index / (STORM - 1) - 0.5) * 120;
        await delay(Math.max(0, (await dueAt(id)) - Date.now() + offsetMs));
        return send(id, { answer: index }, "one");
      }),
    );
    await stack.untilEnded(ids);
    await expectSoundRuns(stack, ids);
    const runs = await Promise.all(ids.map((id) => stack.api.run(id)));
    runs.forEach(({ output }, index) => {
      const status = answers[index]?.status;
      expect([202, 409]).toContain(status);
      const taken = { answer: index, timedOut: false };
      const passed = { answer: null, timedOut: true };
      // A signal that was accepted may have come too late; one that was refused has changed nothing.
      expect(status === 409 ? [passed] : [taken, passed]).toContainEqual(output);
    });
  });
});
