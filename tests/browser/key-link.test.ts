import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

const keys = { viewer: "" };
beforeAll(async () => {
  if (dashboard.isInstalled) keys.viewer = await dashboard.makeKey("reader", "viewer");
});

function ownKey(): string {
  return dashboard.stack.stack.info.apiKey;
}

async function keptKey(page: Page): Promise<string | null> {
  return page.evaluate<string | null>(`localStorage.getItem("baton.api-key")`);
}

async function followLink(page: Page, key: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`key=${key}`)}`);
}

describe("a link with an API key", () => {
  it("never replaces a key that works without a question, which says whose keys they are", async (context) => {
    const page = await dashboard.open(context, `#key=${keys.viewer}`);
    const question = page.getByRole("dialog", { name: "Use the key of this link?" });
    await question.getByText("reader, role viewer").waitFor();
    expect(await question.innerText()).toContain("bootstrap, role admin");
    expect(await keptKey(page)).toBe(ownKey());
    expect(page.url()).toBe(`${dashboard.url}/#/`);
    await question.getByRole("button", { name: "Keep mine" }).click();
    await question.waitFor({ state: "detached" });
    expect(await keptKey(page)).toBe(ownKey());
  });

  it("replaces it when the person says so", async (context) => {
    const page = await dashboard.open(context, `#key=${keys.viewer}`);
    await page.getByRole("button", { name: "Use the link's key" }).click();
    await page.getByText("View only").waitFor();
    expect(await keptKey(page)).toBe(keys.viewer);
  });

  it("with the key that is in use asks nothing", async (context) => {
    const page = await dashboard.open(context, `#key=${ownKey()}`);
    await page.getByText("No runs yet").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("opened in a page that is open leaves that page where it is", async (context) => {
    const page = await dashboard.open(context, "#/workflows/joke");
    await page.getByRole("heading", { name: "joke" }).waitFor();
    await followLink(page, keys.viewer);
    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByRole("heading", { name: "joke" }).waitFor();
    expect(page.url()).toBe(`${dashboard.url}/#/workflows/joke`);
  });

  it("with a key that the API refuses leaves the one in use, and says so", async (context) => {
    const page = await dashboard.open(context, "#key=baton_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    await page.getByText("The API refuses the key of the link. Yours stays in use.").waitFor();
    await page.getByText("No runs yet").waitFor();
    expect(await keptKey(page)).toBe(ownKey());
  });

  it("replaces a key that the API refuses without a question", async (context) => {
    const key = "baton_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
    const page = await dashboard.open(context, `#key=${ownKey()}`, { key });
    await page.getByText("No runs yet").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await keptKey(page)).toBe(ownKey());
  });

  it.for(["", "%", "%E0%A4%A", "two%20words", "%D0%BA%D0%BB%D1%8E%D1%87", "x".repeat(513)])(
    "that is malformed (%s) is ignored with a note",
    async (written, context) => {
      const page = await dashboard.open(context, `#key=${written}`);
      await page.getByText("The link carries no usable API key").waitFor();
      await page.getByText("No runs yet").waitFor();
      expect(await keptKey(page)).toBe(ownKey());
      expect(page.url()).toBe(`${dashboard.url}/#/`);
    },
  );

  it("a refusal of a key that was replaced in another tab erases nothing", async (context) => {
    const page = await dashboard.open(context, "#/", { key: keys.viewer });
    await page.getByText("View only").waitFor();
    const tab = await page.context().newPage();
    await tab.goto(`${dashboard.url}/#key=${ownKey()}`);
    await tab.getByRole("button", { name: "Use the link's key" }).click();
    await page.route("**/api/**", (route) =>
      route.request().headers()["authorization"] === `Bearer ${keys.viewer}`
        ? route.fulfill({ status: 401, json: { code: "unauthorized", detail: "the key was revoked" } })
        : route.continue(),
    );
    await page.evaluate(`location.hash = "#/workflows"`);
    await page.locator(".workflow-table").waitFor();
    expect(await keptKey(page)).toBe(ownKey());
  });
});

describe("a browser that keeps nothing", () => {
  const OFF = `for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });`;
  const FULL = `for (let chars = 5_000_000, count = 0; chars >= 1; chars = Math.floor(chars / 2))
    try { for (;;) localStorage.setItem("filling" + count++, "x".repeat(chars)); } catch {}`;

  it.for([
    ["switched off", OFF],
    ["full", FULL],
  ])("because its storage is %s still opens the dashboard, and says what that means", async ([, script], context) => {
    const page = await dashboard.openBlank(context);
    await page.addInitScript(script ?? "");
    await page.goto(`${dashboard.url}/#key=${ownKey()}`);
    await page.getByText("This browser keeps nothing for this page.").waitFor();
    await page.getByText("No runs yet").waitFor();
    await page.getByRole("button", { name: "Colours" }).click();
    await page.getByRole("button", { name: "Forget the API key" }).click();
    await page.getByLabel("API key").waitFor();
    expect(page.url()).toBe(`${dashboard.url}/#/`);
  });
});
