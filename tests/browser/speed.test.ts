import { describe, expect, it } from "vitest";
import { fastestOf } from "../stack/fastest-of.ts";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

const FIRST_ROW_MS_MAX = 400;
const REQUESTS_MAX = 5;
const SHIFT_MAX = 0.05;

/** Writes down when the first row was drawn, as the browser's own clock says. */
const WATCH_FIRST_ROW = `
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  window.firstRowMs = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(".run-row") === null) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });`;

describe("the first page", () => {
  it(`has its first row on screen within ${FIRST_ROW_MS_MAX} ms, after at most ${REQUESTS_MAX} requests, all to its own server`, async (context) => {
    await Promise.all(Array.from({ length: 60 }, () => dashboard.stack.api.start("joke")));
    const page = await dashboard.open(context, "#/");
    await page.addInitScript(WATCH_FIRST_ROW);
    const fastestMs = await fastestOf(async () => {
      const requests: string[] = [];
      const listener = (request: { url(): string }): void => void requests.push(request.url());
      page.on("request", listener);
      await page.reload();
      const firstRowMs = await page.evaluate<number>("window.firstRowMs");
      const untilPaint = requests.slice(0, requests.findIndex((url) => url.includes("/api/runs?")) + 1);
      page.off("request", listener);
      expect(untilPaint.length).toBeLessThanOrEqual(REQUESTS_MAX);
      expect(requests.filter((url) => !url.startsWith(dashboard.url))).toEqual([]);
      return firstRowMs;
    }, FIRST_ROW_MS_MAX);
    expect(fastestMs).toBeLessThan(FIRST_ROW_MS_MAX);
    expect(await page.evaluate<number>("window.shift")).toBeLessThanOrEqual(SHIFT_MAX);
  });

  it("breaches its own content security policy nowhere", async (context) => {
    const { id } = await dashboard.stack.api.runToEnd("multi-step");
    const page = await dashboard.open(context, "#/");
    for (const hash of ["#/", `#/runs/${id}`, `#/runs/${id}?view=table`, "#/workflows", "#/workflows/joke"]) {
      await page.goto(`${dashboard.url}/${hash}`);
      await page.locator("main h1").first().waitFor({ state: "attached" });
    }
    expect(dashboard.complaints.filter((text) => /Content Security Policy|Refused to/.test(text))).toEqual([]);
  });
});
