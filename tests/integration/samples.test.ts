import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { PROJECT_ROOT } from "../../scripts/stack/project-root.ts";
import { forgetDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeEach(() => forgetDemoCalls(stack.demoUrl));

const savedSchema = z.looseObject({ warnings: z.array(z.object({ path: z.string(), code: z.string() })) });

/** Without an answer in time there is no payload, and `reject` is skipped as well: the sample is warned of it. */
const UNANSWERED = ["/steps/3/if missing_negation"];

/** Saves a sample as it is written, but for its hosts: the demo API stands in for all of them. */
async function saveSample(name: string, warnings: readonly string[] = []): Promise<void> {
  const text = readFileSync(join(PROJECT_ROOT, "examples", `${name}.yaml`), "utf8");
  const response = await fetch(`${stack.stack.info.url}/api/workflows`, {
    method: "POST",
    headers: { authorization: `Bearer ${stack.stack.info.apiKey}`, "content-type": "application/yaml" },
    body: text.replaceAll(/https:\/\/\w+\.example\.com/g, stack.demoUrl),
  });
  const saved = savedSchema.parse(await response.json());
  expect(saved).toMatchObject({ name: name.replace("-", "_"), version: 1 });
  expect(saved.warnings.map(({ path, code }) => `${path} ${code}`)).toEqual(warnings);
}

describe("the samples", () => {
  it("city-report: fetches weather, news and events at the same time and puts them together", async () => {
    await saveSample("city-report");
    const run = await stack.api.runToEnd("city_report", { city: "Porto" });
    expect(run).toMatchObject({
      status: "COMPLETED",
      output: {
        city: "Porto",
        temperature: 9,
        headlines: ["Porto opens a library", "Rain ahead"],
        events: [{ title: "Market day in Porto", hour: 9 }],
      },
    });
    await expectSoundRuns(stack, [run.id]);
  });

  it("expense-approval: asks, waits for the answer, and pays once it is yes", async () => {
    await saveSample("expense-approval", UNANSWERED);
    const { id } = await stack.api.start("expense_approval", { input: { amount: 120, employee: "Ada Park" } });
    await stack.untilStep(id, "decision", "WAITING");
    expect(await stack.api.run(id)).toMatchObject({ status: "WAITING" });
    const sent = await stack.api.call("POST", `/api/runs/${id}/signals/decision`, { approved: true });
    expect(sent).toMatchObject({ status: 202, body: { status: "accepted", runId: id } });
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "COMPLETED",
      steps: [
        { key: "ask", status: "COMPLETED" },
        { key: "decision", status: "COMPLETED" },
        { key: "pay", status: "COMPLETED" },
        { key: "reject", status: "SKIPPED" },
      ],
    });
    expect(await stack.api.step(id, "decision")).toMatchObject({
      output: { payload: { approved: true }, by: expect.stringMatching(/^key:/), timedOut: false },
    });
    expect(await stack.api.step(id, "pay")).toMatchObject({ output: { body: { to: "Ada Park", amount: 120 } } });
    await expectSoundRuns(stack, [id]);
  });

  it("expense-approval: the address in the message takes the answer, without an API key", async () => {
    await saveSample("expense-approval", UNANSWERED);
    const { id } = await stack.api.start("expense_approval", { input: { amount: 999, employee: "Ben Okafor" } });
    await stack.untilStep(id, "decision", "WAITING");
    const { output } = await stack.api.step(id, "ask");
    const { body } = z.object({ body: z.object({ text: z.string(), callback: z.url() }) }).parse(output);
    expect(body.text).toBe("Approve 999 for Ben Okafor?");
    const answer = await fetch(body.callback, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ approved: false }),
    });
    expect(answer.status).toBe(202);
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "COMPLETED",
      steps: [{ key: "ask" }, { key: "decision" }, { status: "SKIPPED" }, { key: "reject", status: "COMPLETED" }],
    });
    expect(await stack.api.step(id, "reject")).toMatchObject({ output: { body: { text: "Rejected" } } });
  });

  it("thumbnails: fetches, resizes and uploads each image of a list, and tolerates the one that is gone", async () => {
    await saveSample("thumbnails");
    const run = await stack.api.runToEnd("thumbnails");
    const names = ["arch", "bridge", "canal", "dome", "elm", "ferry", "gone", "harbour", "isle", "jetty"];
    const output: unknown[] = names.map((name, place) => ({ place, name, height: 240 }));
    output[names.indexOf("gone")] = { error: { code: "http_status", message: expect.stringContaining("404") } };
    expect(run).toMatchObject({ status: "COMPLETED", output });
    await expectSoundRuns(stack, [run.id]);
  });
});
