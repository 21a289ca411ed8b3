import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

async function saveFlaky(name: string, fails: number): Promise<void> {
  await dashboard.stack.api.save({
    name,
    steps: [
      {
        id: "upload",
        type: "http",
        with: { url: `${dashboard.stack.demoUrl}/flaky?fails=${fails}&key=\${{ run.id }}` },
        retry: { attempts: 2, delay: "50ms", jitter: "none" },
      },
      { id: "report", type: "transform", with: "${{ steps.upload.body.calls }}" },
    ],
  });
}

async function untilStatus(page: Page, status: string): Promise<void> {
  await page.locator(`.run-header .status.${status}`).waitFor();
}

/** Presses a key until the focus is on an element that the selector names. */
async function pressUntil(page: Page, key: string, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) === true`)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the key ${key} does not reach ${selector}`);
}

describe("the page of a run", () => {
  it("is followed from start to end with the keyboard alone, down to an attempt's error", async (context) => {
    const page = await dashboard.open(context, "#/");
    await page.locator(".demo").last().waitFor();
    await pressUntil(page, "Tab", ".demo:last-of-type");
    await page.keyboard.press("Enter");
    await page.locator(".run-row").getByText("multi-step").first().waitFor();
    await pressUntil(page, "Tab", ".run-row:first-child .row-link");
    await page.keyboard.press("Enter");
    await untilStatus(page, "completed");
    await pressUntil(page, "Tab", ".node");
    await pressUntil(page, "ArrowRight", '.node[data-step="flaky"]');
    await page.keyboard.press("Enter");
    expect(page.url()).toContain("step=flaky");
    await pressUntil(page, "Tab", ".inspector .switch button:last-child");
    await page.keyboard.press("Enter");
    await page.locator(".attempt").nth(1).getByText("answered 503").first().waitFor();
    expect(await page.locator(".attempt").count()).toBe(3);
    expect(await page.title()).toMatch(/^✓ multi-step /);
  });

  it("says first why a run failed, and retries it", async (context) => {
    await saveFlaky("invoices", 2);
    const { id } = await dashboard.stack.api.runToEnd("invoices");
    const page = await dashboard.open(context, `#/runs/${id}`);
    const card = page.getByRole("region", { name: "Why it failed" });
    await card.getByText("upload failed").waitFor();
    expect(await card.innerText()).toContain("attempt 2 of 2");
    expect(await card.innerText()).toContain("answered 503");
    await page.getByRole("button", { name: "Retry", exact: true }).click();
    await untilStatus(page, "completed");
    expect(await card.count()).toBe(0);
  });

  it("cancels only after a question, and the reason is in the audit log", async (context) => {
    const { id } = await dashboard.stack.api.start("multi-step", { input: { slowMs: 60_000 } });
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByLabel("Reason").fill("wrong month");
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await untilStatus(page, "canceled");
    await page.locator(".event-table").getByText("RUN_CANCELED").waitFor();
    const entry = page.locator(".event-table tr").filter({ hasText: "RUN_CANCELED" });
    expect(await entry.innerText()).toContain("wrong month");
  });

  it("shows every event of the audit log once and in order", async (context) => {
    const { id, seq } = await dashboard.stack.api.runToEnd("multi-step");
    const page = await dashboard.open(context, `#/runs/${id}`);
    const numbers = page.locator(".event-table tbody tr td:first-child");
    await numbers.nth(seq - 1).waitFor();
    expect((await numbers.allInnerTexts()).map(Number)).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
  });

  it("has its audit log verified", async (context) => {
    const { id, seq } = await dashboard.stack.api.runToEnd("joke");
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByRole("button", { name: "Verify" }).click();
    const finding = page.locator(".finding");
    await finding.waitFor();
    expect(await finding.innerText()).toBe(`✓ ${seq} events intact`);
  });

  it("can be run again, and the new run names the old one", async (context) => {
    const { id } = await dashboard.stack.api.runToEnd("joke");
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByRole("button", { name: "Run again" }).click();
    await page.locator(`.facts a[href="#/runs/${id}"]`).waitFor();
    await untilStatus(page, "completed");
    expect(page.url()).not.toContain(id);
  });

  it("a link shows the step and the view that its sender saw", async (context) => {
    const { id } = await dashboard.stack.api.runToEnd("joke");
    const page = await dashboard.open(context, `#/runs/${id}?step=fetch&view=table`);
    await page.locator(".steps-table").waitFor();
    await page.getByRole("region", { name: "Inspector" }).getByRole("heading", { name: "fetch" }).waitFor();
    await page.getByLabel("output of fetch").getByText("punchline").waitFor();
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied the link to this page.").waitFor();
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(page.url());
  });

  it("shows markup in names, labels and values as the text it is", async (context) => {
    const markup = "<img src=x onerror=alert(1)>";
    const { id } = await dashboard.stack.api.start("user", { labels: { team: markup }, input: { id: 1 } });
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByText(markup).first().waitFor();
    expect(await page.locator("img[src=x]").count()).toBe(0);
  });

  it("a run that does not exist is told from one that cannot be loaded", async (context) => {
    const page = await dashboard.open(context, "#/runs/01a205a5-c080-7000-97fa-95890b37bc85");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toContain("there is no run");
  });
});
