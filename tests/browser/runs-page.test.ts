import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

async function saveFailing(): Promise<void> {
  await dashboard.stack.api.save({
    name: "failing",
    steps: [{ id: "call", type: "http", with: { url: `${dashboard.stack.demoUrl}/status/404` } }],
  });
}

async function saveRetrying(): Promise<void> {
  await dashboard.stack.api.save({
    name: "retrying",
    steps: [
      {
        id: "call",
        type: "http",
        with: { url: `${dashboard.stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` },
        retry: { attempts: 2, delay: "10m", jitter: "none" },
      },
    ],
  });
}

/** Left edges of the columns that are shown, in px. */
async function columnsOf(page: Page): Promise<readonly number[]> {
  return page.evaluate<number[]>(
    `[...document.querySelectorAll(".runs-table th")].map((cell) => Math.round(cell.getBoundingClientRect().left))`,
  );
}

/** Names of the animations inside the first element that the selector names. */
async function animationsOf(page: Page, selector: string): Promise<readonly string[]> {
  return page.evaluate<string[]>(
    `document.querySelector(${JSON.stringify(selector)}).getAnimations({ subtree: true }).map((one) => one.animationName)`,
  );
}

describe("the list of runs", () => {
  it.for(["Joke", "User", "Cat", "Todo", "Multi-Step"])(
    "the button %s starts a run that appears on top and is seen to complete",
    async (name, context) => {
      const page = await dashboard.open(context, "#/");
      await page.getByRole("button", { name }).click();
      const first = page.locator(".run-row").first();
      await first.getByText(name.toLowerCase(), { exact: true }).waitFor();
      await first.getByText("Completed").waitFor();
      expect(await page.getByRole("region", { name: "Notifications" }).innerText()).toContain(`Started ${name}.`);
    },
  );

  it("shows retrying runs by their own filter, which is in the address", async (context) => {
    await saveFailing();
    await saveRetrying();
    const { id } = await dashboard.stack.api.start("retrying");
    await dashboard.stack.untilStep(id, "call", "RETRYING");
    await dashboard.stack.api.runToEnd("failing");
    const page = await dashboard.open(context, "#/");
    await page.getByRole("link", { name: "Retrying", exact: true }).click();
    await page.locator(".run-row").getByText("Retrying").first().waitFor();
    expect(page.url()).toContain("#/?status=RETRYING");
    await expect.poll(() => page.title()).toBe("Retrying runs · Baton");
    await expect.poll(() => page.locator(".run-row").count()).toBe(1);
    await page.getByRole("link", { name: "Failed", exact: true }).click();
    await page.locator(".run-row").getByText("failing").waitFor();
    expect(page.url()).toContain("#/?status=RETRYING,FAILED");
    await expect.poll(() => page.locator(".run-row").count()).toBe(2);
  });

  it.for([1280, 390, 320])("has its columns in place before its rows at %i px", async (width, context) => {
    await dashboard.stack.api.runToEnd("joke");
    const page = await dashboard.openBlank(context, { width });
    const held = Promise.withResolvers<null>();
    await page.route("**/api/runs?*", async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto(`${dashboard.url}/#key=${dashboard.stack.stack.info.apiKey}`);
    await page.locator(".skeleton").first().waitFor();
    const before = await columnsOf(page);
    held.resolve(null);
    await page.locator(".run-row").first().waitFor();
    expect(before).toEqual(await columnsOf(page));
  });

  it("shows motion only where something runs: never on the filter for it", async (context) => {
    const { id } = await dashboard.stack.api.start("multi-step", { input: { slowMs: 20_000 } });
    const page = await dashboard.open(context, "#/");
    await page.locator(".run-row .status.running").first().waitFor();
    expect(await animationsOf(page, ".run-row .status.running")).toEqual(["turn"]);
    expect(await animationsOf(page, ".chips")).toEqual([]);
    await dashboard.stack.api.operate(id, "cancel");
  });

  it("search that finds nothing says so, and differs from an empty list", async (context) => {
    const page = await dashboard.open(context, "#/");
    await page.getByLabel("Search runs").fill("no-such-run");
    await page.getByText('No run matches "no-such-run"').waitFor();
    expect(page.url()).toContain("q=no-such-run");
    await page.getByRole("link", { name: "Clear the filter" }).click();
    await page.locator(".run-row").first().waitFor();
  });

  it("lets new runs wait behind a button while somebody reads the list", async (context) => {
    await dashboard.stack.api.runToEnd("joke");
    const page = await dashboard.open(context, "#/");
    const top = page.locator(".run-row").first();
    await top.hover();
    const before = await top.getByRole("link").getAttribute("href");
    const { id } = await dashboard.stack.api.start("cat");
    await page.getByRole("button", { name: "1 new run" }).waitFor();
    expect(await top.getByRole("link").getAttribute("href")).toBe(before);
    await page.getByRole("button", { name: "1 new run" }).click();
    expect(await top.getByRole("link").getAttribute("href")).toBe(`#/runs/${id}`);
  });

  it("loads the next page without repeating a run", async (context) => {
    await Promise.all(Array.from({ length: 60 }, () => dashboard.stack.api.start("joke")));
    const page = await dashboard.open(context, "#/?workflow=joke");
    await page.getByRole("button", { name: "Load more" }).click();
    await page.locator(".run-row").nth(59).waitFor();
    const links = await page.locator(".run-row .row-link").all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute("href")));
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it("keeps its rows and says so while the API is away, and goes on when it is back", async (context) => {
    await dashboard.stack.api.runToEnd("joke");
    const page = await dashboard.open(context, "#/");
    await page.locator(".run-row").first().waitFor();
    await dashboard.stack.stack.holdWorker();
    await page.getByRole("button", { name: "Reconnecting" }).waitFor();
    expect(await page.locator(".run-row").count()).toBeGreaterThan(0);
    await dashboard.stack.stack.resumeWorker();
    const { id } = await dashboard.stack.api.start("user");
    await page.locator(`.run-row a[href="#/runs/${id}"]`).waitFor();
  });
});
