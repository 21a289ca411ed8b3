import { EventSource } from "eventsource";
import { describe, expect, it } from "vitest";
import { EventReader } from "../stack/event-reader.ts";
import { fastestOf } from "../stack/fastest-of.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const stack = useStack({ workerVars: { LEASE_MS: "1000" } });

const QUICK_MS_MAX = 1_000;

async function open(path: string): Promise<EventReader> {
  const { url, apiKey } = stack.stack.info;
  return EventReader.open({ url, apiKey, path });
}

async function saveSlow(secondMs = 300): Promise<void> {
  await stack.api.save({
    name: "slow",
    defaults: { retry: { attempts: 5, delay: "100ms", jitter: "none" } },
    steps: [
      { id: "first", type: "http", with: { url: `${stack.demoUrl}/slow?ms=200` } },
      { id: "second", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${secondMs}` } },
      { id: "third", type: "transform", with: 3 },
    ],
  });
}

function seqsOf(...readers: readonly EventReader[]): readonly number[] {
  return readers
    .flatMap((reader) => reader.messages)
    .filter(({ event }) => event === "message")
    .map(({ id }) => Number(id));
}

function oneTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

describe("the stream of a run", () => {
  it("shows every event once, in order, and ends after the last", async () => {
    await saveSlow();
    const { id } = await stack.api.start("slow");
    const reader = await open(`/api/runs/${id}/events`);
    await reader.untilMessage(({ event }) => event === "end", "the stream ends");
    const { seq } = await stack.api.run(id);
    expect(seqsOf(reader)).toEqual(oneTo(seq));
  });

  it("has no gap and no duplicate across a killed runtime", async () => {
    await saveSlow(4_000);
    const { id } = await stack.api.start("slow");
    const before = await open(`/api/runs/${id}/events`);
    await before.untilMessage(({ data }) => data.includes('"second"'), "the second step begins");
    await stack.stack.killWorker();
    await waitUntil(() => (before.isOver ? true : null), { until: "the connection is cut" });
    const last = seqsOf(before).at(-1) ?? 0;
    const after = await open(`/api/runs/${id}/events?after=${last}`);
    await after.untilMessage(({ event }) => event === "end", "the stream ends");
    const { seq } = await stack.api.run(id);
    expect(seqsOf(before, after)).toEqual(oneTo(seq));
  });

  it("ends for good for a stock EventSource, which comes back after every other end", async () => {
    await stack.api.save({ name: "quick", steps: [{ id: "one", type: "transform", with: 1 }] });
    const { id, seq } = await stack.api.runToEnd("quick");
    const { url, apiKey } = stack.stack.info;
    const statuses: number[] = [];
    const seqs: number[] = [];
    const source = new EventSource(`${url}/api/runs/${id}/events`, {
      fetch: async (input, init) => {
        const response = await fetch(input, {
          ...init,
          headers: { ...init.headers, Authorization: `Bearer ${apiKey}` },
        });
        statuses.push(response.status);
        return response;
      },
    });
    source.addEventListener("message", ({ lastEventId }) => seqs.push(Number(lastEventId)));
    await waitUntil(() => (source.readyState === source.CLOSED ? true : null), { until: "the client has given up" });
    expect(statuses).toEqual([200, 204]);
    expect(seqs).toEqual(oneTo(seq));
  });

  it("answers 204 once the last event of an ended run is known, and 200 again when it goes on", async () => {
    await stack.api.save({
      name: "failing",
      steps: [{ id: "call", type: "http", with: { url: `${stack.demoUrl}/status/404` } }],
    });
    const { id, seq } = await stack.api.runToEnd("failing");
    const accept = { accept: "text/event-stream" };
    const path = `/api/runs/${id}/events`;
    expect((await stack.api.call("GET", `${path}?after=${seq}`, undefined, accept)).status).toBe(204);
    const known = { ...accept, "last-event-id": String(seq) };
    expect((await stack.api.call("GET", path, undefined, known)).status).toBe(204);
    expect((await stack.api.call("GET", `${path}?after=${seq - 1}`, undefined, accept)).status).toBe(200);
    await stack.api.operate(id, "retry");
    expect((await stack.api.call("GET", `${path}?after=${seq}`, undefined, accept)).status).toBe(200);
  });

  it("of an unknown run is refused", async () => {
    await expect(open("/api/runs/01a205ca-54c4-7000-a4dc-1e01d15370cb/events")).rejects.toThrow("404");
  });
});

describe("the stream of all runs", () => {
  it("tells of a run from its start to its end", async () => {
    await saveSlow();
    const reader = await open("/api/stream");
    await reader.untilMessage(({ event }) => event === "open", "the stream is open");
    const { id } = await stack.api.start("slow");
    const last = await reader.untilMessage(
      ({ data }) => data.includes(id) && data.includes('"COMPLETED"'),
      "the run is shown as COMPLETED",
    );
    reader.close();
    const { steps: _steps, ...summary } = JSON.parse(last.data);
    const { steps: _list, ...run } = await stack.api.run(id);
    expect(run).toMatchObject(summary);
  });

  it("tells a client that comes back after a restart to load its list again", async () => {
    const before = await open("/api/stream");
    const { id } = await before.untilMessage(({ event }) => event === "open", "the stream is open");
    await stack.stack.killWorker();
    const after = await open(`/api/stream?after=${id}`);
    await after.untilMessage(({ event }) => event === "reset", "the list is to be loaded again");
    after.close();
    expect(after.messages.map(({ event }) => event)).toEqual(["open", "reset"]);
  });

  it("stays cheap with 500 streams open: a run takes as long as without", async () => {
    await stack.api.save({ name: "quick", steps: [{ id: "one", type: "transform", with: 1 }] });
    const readers = await Promise.all(Array.from({ length: 500 }, async () => open("/api/stream")));
    const fastestMs = await fastestOf(async () => (await stack.api.runToEnd("quick")).durationMs, QUICK_MS_MAX);
    readers.forEach((reader) => reader.close());
    expect(fastestMs).toBeLessThan(QUICK_MS_MAX);
    const freed = await waitUntil(
      async () => {
        const { status } = await stack.api.call("GET", "/api/health");
        return status === 200 ? true : null;
      },
      { until: "the API answers after 500 clients have left" },
    );
    expect(freed).toBe(true);
  });
});
