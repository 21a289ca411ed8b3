import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { z } from "zod";
import { buildDashboard } from "../../scripts/build-dashboard.ts";
import { seedDemoWorkflows } from "../../scripts/stack/seed.ts";
import { TestStack } from "../stack/test-stack.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"] as const;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;
const WAIT_MS = 15_000;
const newKeySchema = z.object({ key: z.string() });

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
}

/** The dashboard of a running stack in a real browser. */
export class DashboardBrowser {
  readonly stack = new TestStack({});
  /** What browsers complained about, such as a breach of the content security policy. */
  readonly complaints: string[] = [];
  #browser: Browser | null = null;

  /** Starts stack and browser; the browser only where one is installed. */
  async start(): Promise<void> {
    const executablePath = findBrowser();
    if (executablePath === null) return;
    // The stack lists the files of the dashboard when it starts.
    await buildDashboard();
    await this.stack.start();
    const { url, apiKey, demoUrl } = this.stack.stack.info;
    await seedDemoWorkflows({ url, apiKey, demoUrl, upstream: "mock" });
    this.#browser = await chromium.launch({ executablePath, args: [...FLAGS] });
  }

  /** Stops both. */
  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.stack.remove();
  }

  /** @returns Whether there is a browser to test with; without one no stack runs either. */
  get isInstalled(): boolean {
    return this.#browser !== null;
  }

  /** @returns Address of the dashboard, without a slash at its end. */
  get url(): string {
    return this.stack.stack.info.url;
  }

  /**
   * Opens an empty page without a key.
   *
   * @param context - The test's; it is skipped where no browser is installed.
   * @param look - Size and colours.
   * @returns The page, in a profile of its own.
   */
  async openBlank(context: TestContext, { width = 1280, colorScheme = "light" }: Look = {}): Promise<Page> {
    if (this.#browser === null)
      return context.skip(`no browser: apt-get install chromium (looked for ${BROWSERS.join(", ")})`);
    const profile = await this.#browser.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.onTestFinished(() => profile.close());
    const page = await profile.newPage();
    page.setDefaultTimeout(WAIT_MS);
    page.on("pageerror", (error) => this.complaints.push(`${error.message}\n${error.stack ?? ""}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    return page;
  }

  /**
   * Opens the dashboard with a key that the browser has kept since an earlier visit.
   *
   * @param context - The test's; it is skipped where no browser is installed.
   * @param hash - The place, such as `#/workflows`.
   * @param look - Size and colours, and the key; the stack's where none is given.
   * @returns The page; what it shows may still be loading.
   */
  async open(context: TestContext, hash: string, look: Look & { readonly key?: string } = {}): Promise<Page> {
    const page = await this.openBlank(context, look);
    await page.goto(`${this.url}/favicon.svg`);
    const key = JSON.stringify(look.key ?? this.stack.stack.info.apiKey);
    await page.evaluate(`localStorage.setItem("baton.api-key", ${key})`);
    await page.goto(`${this.url}/${hash}`);
    return page;
  }

  /**
   * Makes an API key.
   *
   * @param name - Its name; a stack gives each name once.
   * @param role - What it may do.
   * @returns The key.
   */
  async makeKey(name: string, role: "viewer" | "operator"): Promise<string> {
    const { body } = await this.stack.api.call("POST", "/api/keys", { name, role });
    return newKeySchema.parse(body).key;
  }
}

/**
 * Gives the tests of a file the dashboard in a browser, over a stack with the demo workflows.
 *
 * @returns The browser; of use inside tests only.
 */
export function useDashboard(): DashboardBrowser {
  const dashboard = new DashboardBrowser();
  beforeAll(() => dashboard.start());
  afterAll(() => dashboard.stop());
  return dashboard;
}

function findBrowser(): string | null {
  return BROWSERS.find((path) => existsSync(path)) ?? null;
}
