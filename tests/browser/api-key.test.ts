import { describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

describe("the API key", () => {
  it("is taken from the address, which forgets it at once", async (context) => {
    const page = await dashboard.openBlank(context);
    await page.goto(`${dashboard.url}/#key=${dashboard.stack.stack.info.apiKey}`);
    await page.getByText("No runs yet").waitFor();
    expect(page.url()).toBe(`${dashboard.url}/#/`);
    await page.reload();
    await page.getByText("No runs yet").waitFor();
  });

  it("is sent as it was typed, whatever characters it is made of", async (context) => {
    const key = `a%b&c+d/e"f#g=h?i\\j`;
    const page = await dashboard.openBlank(context);
    const sent = page.waitForRequest((request) => request.url().includes("/api/"));
    await page.goto(`${dashboard.url}/#key=${encodeURIComponent(key)}`);
    expect((await sent).headers()["authorization"]).toBe(`Bearer ${key}`);
  });

  it("is asked for when there is none, and again with the reason when it is refused", async (context) => {
    const page = await dashboard.openBlank(context);
    await page.goto(`${dashboard.url}/`);
    await page.getByLabel("API key").fill("not-the-key");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("The API refused the key").waitFor();
    await page.getByLabel("API key").fill("ключ");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("This is no API key").waitFor();
    await page.getByLabel("API key").fill(dashboard.stack.stack.info.apiKey);
    await page.getByRole("button", { name: "Open the dashboard" }).click();
    await page.getByText("No runs yet").waitFor();
    expect(await page.evaluate("localStorage.length")).toBe(1);
  });

  it("is gone with the tab unless it shall be remembered", async (context) => {
    const page = await dashboard.openBlank(context);
    await page.goto(`${dashboard.url}/`);
    await page.getByLabel("API key").fill(dashboard.stack.stack.info.apiKey);
    await page.getByLabel("Remember it on this device").uncheck();
    await page.keyboard.press("Enter");
    await page.getByText("No runs yet").waitFor();
    const tab = await page.context().newPage();
    await tab.goto(`${dashboard.url}/`);
    await tab.getByLabel("API key").waitFor();
    expect(await tab.evaluate("localStorage.length")).toBe(0);
  });

  it("can be forgotten", async (context) => {
    const page = await dashboard.open(context, "#/");
    await page.getByRole("button", { name: "Forget the API key" }).click();
    await page.getByLabel("API key").waitFor();
    expect(await page.evaluate("localStorage.length")).toBe(0);
  });
});
