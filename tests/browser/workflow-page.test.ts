import { describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

describe("the page of a workflow", () => {
  it("shows a viewer the warnings of its recipe, and where they are", async (context) => {
    await dashboard.stack.api.save({
      name: "trapped",
      input: { type: "object", additionalProperties: false, properties: { city: { type: "string" } } },
      steps: [
        { id: "never", type: "transform", if: "input.city != null", with: 1 },
        { id: "typo", type: "transform", with: { city: "${{ input.ctiy }}" } },
      ],
    });
    const key = await dashboard.makeKey("reads-warnings", "viewer");
    const page = await dashboard.open(context, "#/workflows/trapped", { key, width: 1000 });
    const warnings = page.getByRole("region", { name: "Warnings" }).getByRole("listitem");
    await warnings.first().waitFor();
    await expect(warnings.allInnerTexts()).resolves.toEqual([
      expect.stringMatching(/^\/steps\/0\/if\s.*null/s),
      expect.stringMatching(/^\/steps\/1\/with\/city\s.*ctiy/s),
    ]);
  });

  it("says nothing of warnings where there are none", async (context) => {
    const page = await dashboard.open(context, "#/workflows/joke");
    const checked = page.waitForResponse((response) => response.url().endsWith("/api/workflows/validate"));
    await page.reload();
    await checked;
    await page.getByRole("region", { name: "Recipe" }).waitFor();
    expect(await page.getByRole("region", { name: "Warnings" }).count()).toBe(0);
  });
});
