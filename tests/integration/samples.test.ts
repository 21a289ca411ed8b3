import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../scripts/stack/project-root.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

/** Saves a sample as it is written, but for its hosts: the demo API stands in for all of them. */
async function saveSample(name: string): Promise<void> {
  const text = readFileSync(join(PROJECT_ROOT, "examples", `${name}.yaml`), "utf8");
  const response = await fetch(`${stack.stack.info.url}/api/workflows`, {
    method: "POST",
    headers: { authorization: `Bearer ${stack.stack.info.apiKey}`, "content-type": "application/yaml" },
    body: text.replaceAll(/https:\/\/\w+\.example\.com/g, stack.demoUrl),
  });
  expect(await response.json()).toMatchObject({ version: 1, warnings: [] });
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
});
