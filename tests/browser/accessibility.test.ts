import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { type Look, useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_RUN = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`;

const LOOKS: readonly Required<Look>[] = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
  { width: 320, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
];

/** A place, and what is there when it is drawn. */
interface Screen {
  readonly hash: string;
  readonly selector: string;
}

async function prepareScreens(): Promise<readonly Screen[]> {
  await dashboard.stack.api.save({
    name: "failing",
    steps: [{ id: "call", type: "http", with: { url: `${dashboard.stack.demoUrl}/status/404` } }],
  });
  await dashboard.stack.api.save({
    name: "trapped",
    steps: [{ id: "never", type: "transform", if: "input.city != null", with: 1 }],
  });
  const multi = await dashboard.stack.api.runToEnd("multi-step");
  const failed = await dashboard.stack.api.runToEnd("failing");
  return [
    { hash: "#/", selector: ".run-row" },
    { hash: "#/?status=RETRYING,FAILED&q=nothing", selector: ".empty a" },
    { hash: `#/runs/${multi.id}`, selector: ".json" },
    { hash: `#/runs/${multi.id}?step=flaky&view=table`, selector: ".json" },
    { hash: `#/runs/${failed.id}`, selector: ".attempt" },
    { hash: "#/runs/unknown", selector: ".problem" },
    { hash: "#/workflows", selector: ".workflow-table" },
    { hash: "#/workflows/multi-step", selector: ".json" },
    { hash: "#/workflows/trapped", selector: ".warnings" },
    { hash: "#/audit", selector: ".event-table" },
    { hash: "#/nowhere", selector: "main h1" },
  ];
}

async function findViolations(page: Page): Promise<readonly string[]> {
  // A script tag would be stopped by the policy of the page; the debugger's protocol is not.
  await page.evaluate(AXE);
  return page.evaluate<string[]>(AXE_RUN);
}

describe("for everybody", () => {
  it.for(LOOKS)(
    "every screen passes axe and needs no horizontal scrolling at $width px in $colorScheme",
    { timeout: 120_000 },
    async (look, context) => {
      const page = await dashboard.open(context, "#/", look);
      for (const { hash, selector } of await prepareScreens()) {
        await page.goto(`${dashboard.url}/${hash}`);
        await page.locator(selector).first().waitFor();
        expect(await findViolations(page), hash).toEqual([]);
        expect(
          await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
          hash,
        ).toBe(0);
      }
    },
  );

  it.for(LOOKS)(
    "what a viewer sees, and the question about a link, pass axe at $width px in $colorScheme",
    async (look, context) => {
      const key = await dashboard.makeKey(`reader-${look.width}-${look.colorScheme}`, "viewer");
      const page = await dashboard.open(context, "#/workflows", { ...look, key });
      await page.locator(".denied").first().click({ force: true });
      await page.getByText("need a key with the role operator").waitFor();
      expect(await findViolations(page)).toEqual([]);
      await page.evaluate(`location.hash = "key=${dashboard.stack.stack.info.apiKey}"`);
      await page.getByRole("dialog").waitFor();
      expect(await findViolations(page)).toEqual([]);
    },
  );

  it.for(LOOKS)("the key form and the question pass axe at $width px in $colorScheme", async (look, context) => {
    const form = await dashboard.openBlank(context, look);
    await form.goto(`${dashboard.url}/`);
    await form.getByLabel("API key").waitFor();
    expect(await findViolations(form)).toEqual([]);
    const { id } = await dashboard.stack.api.start("multi-step", { input: { slowMs: 20_000 } });
    const page = await dashboard.open(context, `#/runs/${id}`, look);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement?.textContent")).toBe("Cancel");
  });
});
