import { describe, expect, it } from "vitest";
import { z } from "zod";
import { signProof } from "../../src/api/signals/proof.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { useStack } from "../stack/test-stack.ts";
import { startWaitingRun } from "../stack/waiting-run.ts";
import { runIdOf, stepKeyOf } from "../support/ids.ts";

const KEY = "a-signing-key-for-tests-of-32-characters";
const OLD_KEY = "an-older-signing-key-of-32-characters-00";

const stack = useStack({ workerVars: { SIGNING_KEY: `${KEY},${OLD_KEY}` } });

const APPROVAL: JsonObject = {
  type: "object",
  required: ["approved"],
  properties: { approved: { type: "boolean", title: "Ship it?" }, comment: { type: "string" } },
};

async function visit(url: string, form?: URLSearchParams): Promise<{ readonly status: number; readonly text: string }> {
  const sent = form === undefined ? {} : { method: "POST", body: form };
  const response = await fetch(url, { ...sent, headers: { accept: "text/html" }, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, text: await response.text() };
}

function addressOf(proof: string): string {
  return `${stack.stack.info.url}/signals/${proof}/decision`;
}

describe("the address that a step makes", () => {
  it("leads to a page that says what the run waits for, and changes nothing", async () => {
    const { id, url } = await startWaitingRun(stack, "asking", APPROVAL);
    const before = await stack.api.run(id);
    const page = await visit(url);
    expect(page.status).toBe(200);
    const until = (await stack.api.step(id, "approve")).availableAt?.slice(0, 16).replace("T", " ") ?? "an instant";
    for (const text of ["asking", "approve", "Ship it?", "key:bootstrap", `${until} UTC`]) {
      expect(page.text).toContain(text);
    }
    expect(await stack.api.run(id)).toEqual(before);
  });

  it("refuses what cannot be an answer before the run sees it", async () => {
    const { url } = await startWaitingRun(stack, "strict", APPROVAL);
    const page = await visit(url, new URLSearchParams({ approved: "perhaps" }));
    expect(page.status).toBe(400);
    expect(page.text).toContain("choose one of `true`, `false`");
  });

  it("asks for nothing once the wait is over", async () => {
    const { id, url } = await startWaitingRun(stack, "over", APPROVAL);
    await stack.api.call("POST", `/api/runs/${id}/signals/decision`, { approved: true });
    await stack.untilEnded([id]);
    expect(await visit(url)).toMatchObject({ status: 409, text: expect.stringContaining("The run is COMPLETED") });
  });

  it("asks before its step is reached, when its answer is kept", async () => {
    await stack.api.save({
      name: "early",
      steps: [
        { id: "ask", type: "transform", with: '${{ run.signalUrl & "/decision" }}' },
        { id: "before", type: "wait", with: { for: "1h" } },
        { id: "approve", type: "wait", with: { signal: "decision" } },
      ],
    });
    const { id } = await stack.api.start("early");
    await stack.untilStep(id, "before", "WAITING");
    const page = await visit(z.string().parse((await stack.api.step(id, "ask")).output));
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining("is kept until it does") });
  });

  it("is not shown to who looks at the run", async () => {
    await stack.api.save({
      name: "calling",
      steps: [
        {
          id: "call",
          type: "http",
          with: { method: "POST", url: `${stack.demoUrl}/todos`, body: { link: "${{ run.signalUrl }}" } },
        },
      ],
    });
    const { id } = await stack.api.runToEnd("calling");
    const { input } = await stack.api.step(id, "call");
    expect(input).toMatchObject({ body: { link: `${stack.stack.info.url}/signals/***` } });
  });
});

describe("an address", () => {
  const proof = { runId: runIdOf(), stepKey: stepKeyOf("ask"), expiresAt: new Date("2100-01-01T00:00:00.000Z") };

  it("whose signature is not ours is not there", async () => {
    const forged = signProof(proof, "a-key-that-nobody-knows-of-32-characters");
    expect(await visit(addressOf(forged))).toMatchObject({ status: 404 });
    expect(await visit(addressOf("x"))).toMatchObject({ status: 404 });
  });

  it("of a run that is not there says so, whichever of the two keys signed it", async () => {
    for (const key of [KEY, OLD_KEY]) {
      const page = await visit(addressOf(signProof(proof, key)));
      expect(page).toMatchObject({ status: 404, text: expect.stringContaining("not kept any more") });
    }
  });

  it("that has expired says so", async () => {
    const expired = signProof({ ...proof, expiresAt: new Date("2026-01-01T00:00:00.000Z") }, KEY);
    expect(await visit(addressOf(expired))).toMatchObject({ status: 410 });
  });
});

describe("health", () => {
  it("says that addresses of signals can be made", async () => {
    expect((await stack.api.call("GET", "/api/health")).body).toMatchObject({ signalUrls: "ok" });
  });
});
