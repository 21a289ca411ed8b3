import { describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

describe("a key that may only look", () => {
  it("finds what it may not do disabled, with the reason, and never asks the API for it", async (context) => {
    const { id } = await dashboard.stack.api.start("multi-step", { input: { slowMs: 30_000 } });
    const page = await dashboard.open(context, "#/", { key: await dashboard.makeKey("reader", "viewer") });
    const changes: string[] = [];
    page.on("request", (request) => {
      // Checking a recipe is a POST for its body, and changes nothing.
      if (request.method() === "POST" && !request.url().endsWith("/validate")) changes.push(request.url());
    });
    await page.getByText("View only").waitFor();
    for (const [hash, names] of [
      ["#/", ["Joke", "Multi-Step"]],
      ["#/workflows", ["Run joke"]],
      ["#/workflows/joke", ["Run"]],
      [`#/runs/${id}`, ["Pause", "Cancel", "Run again"]],
    ] as const) {
      await page.goto(`${dashboard.url}/${hash}`);
      for (const name of names) {
        const button = page.locator("main").getByRole("button", { name, exact: !name.includes("-") && hash !== "#/" });
        await button.and(page.locator(".denied")).waitFor();
        expect(await button.isDisabled(), name).toBe(true);
        expect(await button.getAttribute("title")).toContain("The key reader may only look (role viewer).");
        await button.click({ force: true });
        await page
          .getByRole("region", { name: "Notifications" })
          .getByText("need a key with the role operator")
          .first()
          .waitFor();
      }
    }
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.getByRole("button", { name: "Verify" }).click();
    await page.locator(".finding").waitFor();
    expect(changes).toEqual([]);
    await dashboard.stack.api.operate(id, "cancel");
  });
});

describe("a key of an operator", () => {
  it("may start and change runs", async (context) => {
    const page = await dashboard.open(context, "#/", { key: await dashboard.makeKey("hands", "operator") });
    await page.getByTitle("Forget the API key: hands, operator").waitFor();
    expect(await page.locator(".denied").count()).toBe(0);
    await page.getByRole("button", { name: "Joke" }).click();
    await page.locator(".run-row").first().getByText("joke", { exact: true }).waitFor();
  });
});
