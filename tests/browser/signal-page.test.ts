import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { startWaitingRun } from "../stack/waiting-run.ts";
import { type Look, useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_RUN = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" | ")))`;

const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

const LOOKS: readonly Required<Look>[] = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
  { width: 320, colorScheme: "light" },
];

const STRANGE = `"'><script>document.title = "run"</script>\u202E שלום ${"w".repeat(200)} Z\u0300\u0301\u0302`;

/** Every kind of field, with names and texts as people may write them. */
const EVERYTHING: JsonObject = {
  type: "object",
  title: "May order 4711 be shipped?",
  description: "It is worth 12,000 EUR.\nThe customer is new.",
  required: ["approved", "amount", "reason"],
  properties: {
    approved: { type: "boolean", title: "Ship it?" },
    amount: { type: "number", title: "Amount that is approved", minimum: 0, maximum: 12_000, default: 500 },
    reason: { enum: ["checked", "trusted", "small"], title: "Reason" },
    carrier: { enum: Array.from({ length: 9 }, (_, index) => `carrier ${index}`), description: "Where it matters." },
    mail: { type: "string", format: "email" },
    comment: { type: "string", maxLength: 2_000, title: "Comment", description: STRANGE },
    address: {
      type: "object",
      title: "Another address",
      required: ["street"],
      properties: { street: { type: "string" }, zip: { type: "integer" }, isCompany: { type: "boolean" } },
    },
    lines: { type: "array", items: { type: "object" }, title: STRANGE },
    [STRANGE]: { type: "string", default: STRANGE },
  },
};

async function expectSound(page: Page, what: string): Promise<void> {
  await page.evaluate(AXE);
  expect(await page.evaluate<string[]>(AXE_RUN), what).toEqual([]);
  expect(await page.evaluate(OVERFLOW), what).toBe(0);
}

describe("the page of a signal", () => {
  it.for(LOOKS)("passes axe and needs no sideways scrolling at $width px in $colorScheme", async (look, context) => {
    const page = await dashboard.openBlank(context, look);
    const { id, url } = await startWaitingRun(dashboard.stack, "asking", EVERYTHING);
    await page.goto(url);
    await expectSound(page, "the form");
    expect(await page.title()).toBe("May order 4711 be shipped?");
    await page.getByLabel("Yes").first().check();
    await page.getByLabel("checked").check();
    await page.getByLabel("zip").fill("10115");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").waitFor();
    await expectSound(page, "the form with what is wrong in it");
    expect(await page.getByLabel("zip").inputValue()).toBe("10115");
    await dashboard.stack.api.operate(id, "cancel");
    await page.goto(url);
    await expectSound(page, "a refusal");
  });

  it("is filled in by keyboard, with names that readers say", async (context) => {
    const page = await dashboard.openBlank(context, { width: 390 });
    const { url } = await startWaitingRun(dashboard.stack, "spoken", EVERYTHING);
    await page.goto(url);
    await page.getByRole("radiogroup", { name: "Ship it?" }).getByRole("radio", { name: "Yes" }).focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.type("7");
    expect(await page.getByRole("spinbutton", { name: "Amount that is approved" }).inputValue()).toBe("7");
    expect(await page.getByRole("group", { name: "Another address" }).getByRole("textbox").count()).toBe(1);
    expect(await page.getByRole("combobox", { name: "carrier" }).count()).toBe(1);
  });

  it("asks for nothing but itself, and breaks none of its own rules", async (context) => {
    const page = await dashboard.openBlank(context);
    const { url } = await startWaitingRun(dashboard.stack, "alone", EVERYTHING);
    const asked: string[] = [];
    const known = dashboard.complaints.length;
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(url);
    expect(asked.filter((path) => path !== "/favicon.ico")).toEqual([new URL(url).pathname]);
    expect(dashboard.complaints.slice(known)).toEqual([]);
  });
});
