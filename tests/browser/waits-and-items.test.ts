import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
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
];

/** A field of each kind, and one whose rule no browser checks. */
const APPROVAL: JsonObject = {
  type: "object",
  title: "May order 4711 be shipped?",
  description: "It is worth 12,000 EUR.",
  required: ["approved", "reason"],
  properties: {
    approved: { type: "boolean", title: "Ship it?" },
    reason: { enum: ["checked", "trusted"], title: "Reason" },
    amount: { type: "number", title: "Amount" },
    note: { type: "string", pattern: "^[a-z ]*$", title: "Note" },
    lines: { type: "array", items: { type: "integer" }, title: "Lines" },
  },
};

const ITEMS = 120;

/** Of the 120 items every tenth fails. */
const BATCH: JsonObject = {
  name: "batch",
  steps: [
    {
      id: "each",
      type: "foreach",
      with: {
        items: Array.from({ length: ITEMS }, (_, index) => ({ number: index })),
        concurrency: 50,
        tolerate: ITEMS,
        steps: [
          { id: "check", type: "transform", if: "index % 10 = 0", with: '${{ $error("no number is a tenth") }}' },
          { id: "double", type: "transform", needs: ["check"], with: "${{ item.number * 2 }}" },
        ],
      },
    },
  ],
};

async function startWaiting(name: string, wait: JsonObject): Promise<string> {
  await dashboard.stack.api.save({ name, steps: [{ id: "approve", type: "wait", with: wait }] });
  const { id } = await dashboard.stack.api.start(name);
  await dashboard.stack.untilStep(id, "approve", "WAITING");
  return id;
}

async function untilStatus(page: Page, status: string): Promise<void> {
  await page.locator(`.run-header .status.${status}`).waitFor();
}

async function expectSound(page: Page, what: string): Promise<void> {
  // Scrolled elsewhere, the bar at the top covers half a button.
  await page.evaluate("scrollTo(0, 0)");
  await page.evaluate(AXE);
  expect(await page.evaluate<string[]>(AXE_RUN), what).toEqual([]);
  expect(await page.evaluate(OVERFLOW), what).toBe(0);
}

function itemsOf(page: Page): Locator {
  return page.locator('.fold-head > button[aria-label^="Steps of each["]');
}

describe("a step that waits", () => {
  it("for a time counts down to it, and names the instant", async (context) => {
    const id = await startWaiting("nap", { for: "2h" });
    const page = await dashboard.open(context, `#/runs/${id}`);
    const note = page.locator(".inspector .pending");
    await note.waitFor();
    const { availableAt } = await dashboard.stack.api.step(id, "approve");
    expect(await note.innerText()).toMatch(/^◷ Goes on in 1 h 59 m, at /);
    expect(await note.locator("time").getAttribute("datetime")).toBe(availableAt);
    expect(await page.locator('.node[data-step="approve"]').innerText()).toContain("in 1 h 59 m");
    expect(await page.locator(".run-header .pending").innerText()).toContain("approve waits, and goes on in 1 h");
    await page.locator(".event-table").getByText("waits until").waitFor();
    await dashboard.stack.api.operate(id, "cancel");
  });

  it("for a signal gets it from the form, and the run goes on", async (context) => {
    const id = await startWaiting("order", { signal: "decision", timeout: "7d", schema: APPROVAL });
    const page = await dashboard.open(context, `#/runs/${id}`);
    const sent: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") sent.push(request.headers()["idempotency-key"]);
    });
    await page.getByText("Waits for the signal decision since").waitFor();
    await page.getByText(/and gives up in 6 d .*, at /).waitFor();
    await page.getByRole("button", { name: "Send the signal…" }).click();
    const form = page.getByRole("form", { name: "Signal decision" });
    await form.getByLabel("Ship it?").selectOption("Yes");
    await form.getByLabel("Reason").selectOption("trusted");
    await form.getByLabel("Amount").fill("12.50");
    await form.getByLabel("Note").fill("CAPITALS");
    await form.getByLabel("Lines").fill("1, 2");
    await form.getByRole("button", { name: "Send decision" }).click();
    await form.getByText("is no JSON").waitFor();
    await form.getByLabel("Lines").fill('[1, "two"]');
    await form.getByRole("button", { name: "Send decision" }).click();
    await form.getByText("/lines/1").waitFor();
    expect(await form.getByLabel("Note").getAttribute("aria-invalid")).toBe("true");
    expect(await form.getByLabel("Amount").getAttribute("aria-invalid")).toBe("false");
    await form.getByLabel("Note").fill("small letters");
    await form.getByLabel("Lines").fill("[1, 2]");
    await form.getByRole("button", { name: "Send decision" }).click();
    await untilStatus(page, "completed");
    expect(await form.count()).toBe(0);
    await page.getByRole("region", { name: "Notifications" }).getByText("Sent decision").waitFor();
    const payload = { approved: true, reason: "trusted", amount: 12.5, note: "small letters", lines: [1, 2] };
    expect((await dashboard.stack.api.run(id)).output).toMatchObject({ payload });
    expect(sent).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), sent[0]]);
    await page
      .locator(".event-table tr")
      .filter({ hasText: "SIGNAL_RECEIVED" })
      .getByText("signal decision, key")
      .waitFor();
  });

  it("for a signal without a schema takes any JSON", async (context) => {
    const id = await startWaiting("anything", { signal: "decision" });
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByText("for as long as it takes").first().waitFor();
    await page.getByRole("button", { name: "Send the signal…" }).click();
    await page.getByLabel("Payload").fill('{"a": [1]}');
    await page.getByRole("button", { name: "Send decision" }).click();
    await untilStatus(page, "completed");
    expect((await dashboard.stack.api.run(id)).output).toMatchObject({ payload: { a: [1] } });
  });

  it("for a signal has no button for whoever may only look", async (context) => {
    const id = await startWaiting("looked-at", { signal: "decision" });
    const page = await dashboard.open(context, `#/runs/${id}`, { key: await dashboard.makeKey("looker", "viewer") });
    await page.getByText("View only").waitFor();
    await page.getByText("Waits for the signal decision since").waitFor();
    expect(await page.getByRole("button", { name: "Send the signal…" }).count()).toBe(0);
  });

  it.for(LOOKS)("and its form pass axe at $width px in $colorScheme", async (look, context) => {
    const id = await startWaiting(`form-${look.width}-${look.colorScheme}`, { signal: "decision", schema: APPROVAL });
    const page = await dashboard.open(context, `#/runs/${id}`, look);
    await page.getByRole("button", { name: "Send the signal…" }).click();
    await page.getByLabel("Lines").fill("1, 2");
    await page.getByLabel("Ship it?").selectOption("No");
    await page.getByLabel("Reason").selectOption("checked");
    await page.getByRole("button", { name: "Send decision" }).click();
    await page.getByText("is no JSON").waitFor();
    await expectSound(page, "the form with what is wrong in it");
  });
});

describe("the items of a foreach", () => {
  it("are folded below their counts, and shown by pages", async (context) => {
    await dashboard.stack.api.save(BATCH);
    const { id } = await dashboard.stack.api.runToEnd("batch");
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByText("108 done, 0 open, 12 failed of 120").waitFor();
    expect(await itemsOf(page).count()).toBe(0);
    await page.getByRole("button", { name: "Items of each" }).click();
    await itemsOf(page).first().waitFor();
    expect(await itemsOf(page).count()).toBe(50);
    await page.getByRole("button", { name: "Next items" }).click();
    await page.getByRole("button", { name: "Steps of each[50]" }).waitFor();
    await page.getByRole("button", { name: "Next items" }).click();
    await page.getByRole("button", { name: "Steps of each[119]" }).waitFor();
    expect(await itemsOf(page).count()).toBe(20);
    await page.getByRole("button", { name: "Previous items" }).click();
    await page.getByRole("button", { name: "Steps of each[50]" }).waitFor();
  });

  it("are narrowed to those that failed, and lead to what went in and what came out", async (context) => {
    await dashboard.stack.api.save(BATCH);
    const { id } = await dashboard.stack.api.runToEnd("batch");
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByRole("button", { name: "Items of each" }).click();
    await page.getByRole("button", { name: "Failed", exact: true }).click();
    await page.getByRole("button", { name: "Steps of each[110]" }).waitFor();
    expect(await itemsOf(page).count()).toBe(12);
    await page.getByRole("button", { name: "Steps of each[30]" }).click();
    await page.getByText("no number is a tenth").first().waitFor();
    await page.getByRole("button", { name: "Inspect each[30].check" }).click();
    const inspector = page.getByRole("region", { name: "Inspector" });
    await inspector.getByRole("heading", { name: "each[30].check" }).waitFor();
    await inspector.locator(".attempt").first().waitFor();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByRole("button", { name: "Inspect each[31]" }).click();
    await inspector.getByLabel("output of each[31]").getByText("62").waitFor();
    await inspector.getByRole("button", { name: "Input" }).click();
    await inspector.getByLabel("input of each[31]").getByText('"number": 31').waitFor();
    await page.reload();
    await inspector.getByLabel("output of each[31]").getByText("62").waitFor();
  });

  it("are opened with the keyboard alone", async (context) => {
    await dashboard.stack.api.save(BATCH);
    const { id } = await dashboard.stack.api.runToEnd("batch");
    const page = await dashboard.open(context, `#/runs/${id}`);
    const fold = page.getByRole("button", { name: "Items of each" });
    await fold.focus();
    await page.keyboard.press("Enter");
    await itemsOf(page).first().waitFor();
    expect(await fold.getAttribute("aria-expanded")).toBe("true");
    for (let tabs = 0; tabs < 4; tabs += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Inspect each[0].double" }).waitFor();
    await fold.focus();
    await page.keyboard.press("Space");
    expect(await itemsOf(page).count()).toBe(0);
  });

  it("change as they happen, and signals for them are sent from where they wait", async (context) => {
    await dashboard.stack.api.save({
      name: "votes",
      steps: [
        {
          id: "each",
          type: "foreach",
          with: {
            items: [1, 2, 3],
            concurrency: 2,
            steps: [{ id: "vote", type: "wait", with: { signal: "vote" } }],
          },
        },
      ],
    });
    const { id } = await dashboard.stack.api.start("votes");
    const known = dashboard.complaints.length;
    const page = await dashboard.open(context, `#/runs/${id}`);
    await page.getByText("0 done, 2 open, 0 failed of 3").waitFor();
    await page.getByRole("button", { name: "Items of each" }).click();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByText("1 not begun").waitFor();
    await page.getByRole("button", { name: "Steps of each[1]" }).click();
    await page.getByRole("button", { name: "Inspect each[1].vote" }).click();
    for (const done of [1, 2, 3]) {
      await page.locator(".run-header .pending").getByRole("button", { name: /vote/ }).first().click();
      await page.getByRole("button", { name: "Send the signal…" }).click();
      await page.getByLabel("Payload").fill(`${done}`);
      await page.getByRole("button", { name: "Send vote" }).click();
      await page.getByText(`${done} done, `).waitFor();
    }
    await untilStatus(page, "completed");
    await page.getByText("No such items.").waitFor();
    expect(dashboard.complaints.slice(known).filter((text) => !text.includes("favicon.ico"))).toEqual([]);
  });

  it.for(LOOKS)("pass axe, folded and unfolded, at $width px in $colorScheme", async (look, context) => {
    await dashboard.stack.api.save(BATCH);
    const { id } = await dashboard.stack.api.runToEnd("batch");
    const page = await dashboard.open(context, `#/runs/${id}`, look);
    await page.getByText("108 done, 0 open, 12 failed of 120").waitFor();
    await expectSound(page, "folded");
    await page.getByRole("button", { name: "Items of each" }).click();
    await page.getByRole("button", { name: "Steps of each[0]" }).click();
    await page.getByRole("button", { name: "Inspect each[0].check" }).click();
    await page.locator(".attempt").first().waitFor();
    await expectSound(page, "unfolded");
  });
});
