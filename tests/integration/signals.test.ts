import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/domain/json.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const stack = useStack();

const APPROVAL: JsonObject = {
  type: "object",
  required: ["approved"],
  additionalProperties: false,
  properties: {
    approved: { type: "boolean", title: "Ship it?" },
    amount: { type: "integer", minimum: 1 },
    note: { type: "string", default: "none" },
  },
};

const RECIPE: JsonObject = {
  name: "order",
  steps: [
    { id: "ask", type: "transform", with: '${{ run.signalUrl & "/decision" }}' },
    { id: "approve", type: "wait", with: { signal: "decision", schema: APPROVAL } },
    { id: "end", type: "transform", with: "${{ steps.approve }}" },
  ],
};

beforeAll(async () => {
  await stack.api.save(RECIPE);
});

interface Waiting {
  readonly id: string;
  /** The address of the decision, as the run made it. */
  readonly url: string;
}

async function startWaiting(): Promise<Waiting> {
  const { id } = await stack.api.start("order");
  await stack.untilStep(id, "approve", "WAITING");
  return { id, url: z.string().parse((await stack.api.step(id, "ask")).output) };
}

async function signal(
  id: string,
  payload: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): ReturnType<typeof stack.api.call> {
  return stack.api.call("POST", `/api/runs/${id}/signals/decision`, payload, headers);
}

interface Page {
  readonly status: number;
  readonly text: string;
}

async function visit(url: string, init: { readonly method?: string; readonly form?: string } = {}): Promise<Page> {
  const { method = init.form === undefined ? "GET" : "POST", form } = init;
  const type = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(url, {
    method,
    headers: { accept: "text/html", ...type },
    signal: AbortSignal.timeout(15_000),
    ...(form === undefined ? {} : { body: form }),
  });
  return { status: response.status, text: await response.text() };
}

async function receivedBy(id: string): Promise<readonly string[]> {
  const events = await stack.api.events(id);
  return events.flatMap(({ type, actor }) => (type === "SIGNAL_RECEIVED" ? [actor] : []));
}

describe("a signal over the API", () => {
  it("lets the run go on with its payload, in the name of its key", async () => {
    const { id } = await startWaiting();
    const { status, body } = await signal(id, { approved: true });
    expect([status, body]).toEqual([202, { status: "accepted", runId: id }]);
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "COMPLETED",
      output: { payload: { approved: true, note: "none" }, by: "key:bootstrap", timedOut: false },
    });
    expect(await receivedBy(id)).toEqual(["key:bootstrap"]);
  });

  it("counts once under one key, also after the run has ended", async () => {
    const { id } = await startWaiting();
    const key = { "idempotency-key": "mail-1" };
    const answers = await Promise.all([1, 2, 3].map(async () => (await signal(id, { approved: true }, key)).body));
    const statuses = z.array(z.object({ status: z.string() })).parse(answers);
    expect(statuses.map(({ status }) => status).toSorted()).toEqual(["accepted", "replayed", "replayed"]);
    await stack.untilEnded([id]);
    expect((await signal(id, { approved: false }, key)).body).toEqual({ status: "replayed", runId: id });
    expect(await receivedBy(id)).toHaveLength(1);
  });

  it("that comes before its step is kept for it", async () => {
    await stack.api.save({
      name: "early",
      steps: [
        { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=1500` } },
        { id: "approve", type: "wait", with: { signal: "decision" } },
      ],
    });
    const { id } = await stack.api.start("early");
    expect((await signal(id, { a: 1 })).status).toBe(202);
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: { payload: { a: 1 } } });
  });

  it("is refused with the reason where it cannot be taken", async () => {
    const { id } = await startWaiting();
    const wrong = await signal(id, { approved: "yes", amount: 0 });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({
      code: "invalid_payload",
      issues: expect.arrayContaining([
        expect.objectContaining({ path: "/approved" }),
        expect.objectContaining({ path: "/amount" }),
      ]),
    });
    const unknown = await stack.api.call("POST", `/api/runs/${id}/signals/decisoin`, {});
    expect(unknown).toMatchObject({
      status: 404,
      body: { code: "signal_not_found", detail: expect.stringContaining("did you mean `decision`") },
    });
    await stack.api.operate(id, "cancel");
    expect(await signal(id, { approved: true })).toMatchObject({
      status: 409,
      body: { code: "run_state_conflict", runStatus: "CANCELED" },
    });
    expect(await receivedBy(id)).toEqual([]);
  });
});

describe("an address that a run made", () => {
  it("changes nothing however often it is looked at", async () => {
    const { id, url } = await startWaiting();
    const before = await stack.api.run(id);
    for (const method of ["GET", "HEAD", "GET"]) {
      expect((await visit(url, { method })).status).toBe(200);
    }
    expect(await stack.api.run(id)).toEqual(before);
    expect((await visit(url)).text).toContain("Ship it?");
  });

  it("sends the form once, in the name of the step that made it, and says so from then on", async () => {
    const { id, url } = await startWaiting();
    const sent = await visit(url, { form: "approved=true&amount=7&note=" });
    expect(sent).toMatchObject({ status: 202, text: expect.stringContaining("Thank you") });
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "COMPLETED",
      output: { payload: { approved: true, amount: 7, note: "none" }, by: "link:ask" },
    });
    const again = await visit(url, { form: "approved=false" });
    expect(again).toMatchObject({ status: 202, text: expect.stringContaining("the first answer stands") });
    expect(await visit(url)).toMatchObject({ status: 200, text: expect.stringContaining("Already answered") });
    expect(await receivedBy(id)).toEqual(["link:ask"]);
  });

  it("counts once when it is sent many times at once", async () => {
    const { id, url } = await startWaiting();
    const pages = await Promise.all([1, 2, 3, 4, 5].map(async () => visit(url, { form: "approved=true" })));
    expect(pages.filter(({ text }) => text.includes("Thank you"))).toHaveLength(1);
    expect(pages.filter(({ text }) => text.includes("Already answered"))).toHaveLength(4);
    await stack.untilEnded([id]);
    expect(await receivedBy(id)).toEqual(["link:ask"]);
  });

  it("shows what the schema refuses, with what was written", async () => {
    const { id, url } = await startWaiting();
    const page = await visit(url, { form: "approved=true&amount=0&note=keep+me" });
    expect(page.status).toBe(400);
    expect(page.text).toContain('value="keep me"');
    expect(page.text).toMatch(/id="field-amount-error"/);
    expect(await receivedBy(id)).toEqual([]);
    expect((await visit(url, { form: "approved=true&amount=1" })).status).toBe(202);
  });

  it("of one run does nothing to another", async () => {
    const [one, other] = [await startWaiting(), await startWaiting()];
    await visit(one.url, { form: "approved=true" });
    await stack.untilEnded([one.id]);
    expect(await stack.api.run(other.id)).toMatchObject({ status: "WAITING" });
    expect(await receivedBy(other.id)).toEqual([]);
  });

  it("asks for nothing when another answer was taken", async () => {
    await stack.api.save({
      ...RECIPE,
      name: "goes-on",
      steps: [
        { id: "ask", type: "transform", with: '${{ run.signalUrl & "/decision" }}' },
        { id: "approve", type: "wait", with: { signal: "decision" } },
        { id: "later", type: "wait", with: { signal: "more" } },
      ],
    });
    const { id } = await stack.api.start("goes-on");
    await stack.untilStep(id, "approve", "WAITING");
    const url = z.string().parse((await stack.api.step(id, "ask")).output);
    await signal(id, {});
    await stack.untilStep(id, "later", "WAITING");
    expect(await visit(url)).toMatchObject({ status: 409, text: expect.stringContaining("no more: it was answered") });
    const more = url.replace(/decision$/, "more");
    expect(await visit(more, { form: "payload=%7B%7D" })).toMatchObject({ status: 202 });
    await stack.untilEnded([id]);
  });

  it("asks as long as items may come that wait for its signal", async () => {
    await stack.api.save({
      name: "one-by-one",
      steps: [
        { id: "ask", type: "transform", with: '${{ run.signalUrl & "/decision" }}' },
        {
          id: "each",
          type: "foreach",
          needs: ["ask"],
          with: {
            items: [1, 2],
            concurrency: 1,
            steps: [
              { id: "approve", type: "wait", with: { signal: "decision" } },
              { id: "rest", type: "wait", with: { signal: "rested" } },
            ],
            output: "${{ steps.approve.payload }}",
          },
        },
      ],
    });
    const { id } = await stack.api.start("one-by-one");
    await stack.untilStep(id, "each[0].approve", "WAITING");
    const url = z.string().parse((await stack.api.step(id, "ask")).output);
    await signal(id, { answer: "first" });
    await stack.untilStep(id, "each[0].rest", "WAITING");
    expect(await visit(url)).toMatchObject({ status: 200, text: expect.stringContaining("is kept until it does") });
    expect(await visit(url, { form: "payload=%7B%22answer%22%3A%22second%22%7D" })).toMatchObject({ status: 202 });
    await Promise.all([1, 2].map(async () => stack.api.call("POST", `/api/runs/${id}/signals/rested`, {})));
    await stack.untilEnded([id]);
    expect((await stack.api.run(id)).output).toEqual([{ answer: "first" }, { answer: "second" }]);
  });

  it("works after the runtime was killed, and counts once across it", async () => {
    const { id, url } = await startWaiting();
    await stack.stack.killWorker();
    const page = await waitUntil(
      async () => {
        const answer = await visit(url, { form: "approved=true" }).catch(() => null);
        return answer?.status === 202 ? answer : null;
      },
      { until: "the address answers" },
    );
    expect(page.text).toMatch(/Thank you|Already answered/);
    await stack.untilEnded([id]);
    expect(await receivedBy(id)).toEqual(["link:ask"]);
  });
});
