import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

const WORKFLOW = "w".repeat(63);
const STEP = "s".repeat(62);
const ERROR = "E".repeat(1_500);

/** Text that is long, has no place to break, runs the other way, or paints over what is around it. */
const LABELS = {
  long: "x".repeat(256),
  ["n".repeat(63)]: "of a long name",
  url: `https://example.com/${"a/".repeat(100)}`,
  reversed: `\u202E${"שלום עולם ".repeat(20)}`,
  emoji: "👩‍👩‍👧‍👦".repeat(20),
  stacked: `Z${"\u0300\u0301\u0302\u0303".repeat(60)}`,
  ...Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`more-${index}`, "m".repeat(200)])),
};

/**
 * Names the controls that a person cannot see whole, and how far the page can be scrolled sideways. A link may end in an
 * ellipsis, and what has a scrollbar of its own may scroll.
 */
const FIND_HIDDEN = `(() => {
  const root = document.documentElement;
  const hidden = root.scrollWidth > root.clientWidth ? ["the page is " + root.scrollWidth + " px wide"] : [];
  for (const control of document.querySelectorAll("a, button, input")) {
    if (control.matches(".skip-link") || control.closest(".scroll, .graph-frame") !== null) continue;
    const { left, right, width } = control.getBoundingClientRect();
    if (width === 0) continue;
    let [from, to] = [Math.max(0, left), Math.min(root.clientWidth, right)];
    for (let box = control.parentElement; box !== null; box = box.parentElement) {
      if (getComputedStyle(box).overflowX === "visible") continue;
      from = Math.max(from, box.getBoundingClientRect().left);
      to = Math.min(to, box.getBoundingClientRect().right);
    }
    if (to - from < (control.matches("a:not(.button, .chip)") ? Math.min(width, 24) : width) - 0.5) hidden.push(control.textContent);
  }
  return hidden;
})()`;

async function saveWorkflows(): Promise<void> {
  await dashboard.stack.api.save({
    name: WORKFLOW,
    steps: [
      { id: `${STEP}a`, type: "transform", with: { text: "x".repeat(3_000) } },
      {
        id: `${STEP}b`,
        type: "http",
        needs: [`${STEP}a`],
        with: { url: `${dashboard.stack.demoUrl}/status/404/${"p".repeat(400)}` },
        retry: { attempts: 1 },
      },
    ],
  });
  await dashboard.stack.api.save({
    name: "raising",
    steps: [{ id: "raise", type: "transform", with: `\${{ $error("${ERROR}") }}` }],
  });
}

async function prepareScreens(): Promise<readonly (readonly [hash: string, selector: string])[]> {
  await saveWorkflows();
  const long = await dashboard.stack.api.start(WORKFLOW, { labels: LABELS, wait: "20s" });
  const raising = await dashboard.stack.api.start("raising", { labels: LABELS, wait: "20s" });
  return [
    ["#/", ".run-row"],
    [`#/?status=RUNNING&workflow=${WORKFLOW}&q=${"q".repeat(200)}`, ".empty a"],
    [`#/?workflow=${"%20x".repeat(200)}`, ".chip bdi"],
    [`#/runs/${long.id}`, ".attempt"],
    [`#/runs/${long.id}?view=table&step=${STEP}a`, ".json"],
    [`#/runs/${raising.id}`, ".attempt"],
    ["#/workflows", ".workflow-table"],
    [`#/workflows/${WORKFLOW}`, ".json"],
    ["#/audit", ".event-table"],
    [`#/nowhere/${"z".repeat(5_000)}`, "main h1"],
  ];
}

async function isInFirstView(page: Page, name: string): Promise<boolean> {
  const box = await page.getByRole("button", { name, exact: true }).boundingBox();
  return box !== null && box.x >= 0 && box.y >= 0 && box.y + box.height <= 800;
}

describe("text of users, however long and strange", () => {
  it.for([1280, 720, 390, 320])(
    "hides no control and widens no page at %i px",
    { timeout: 120_000 },
    async (width, context) => {
      const page = await dashboard.open(context, "#/", { width });
      for (const [hash, selector] of await prepareScreens()) {
        await page.goto(`${dashboard.url}/${hash}`);
        await page.locator(selector).first().waitFor();
        expect(await page.evaluate<string[]>(FIND_HIDDEN), hash.slice(0, 80)).toEqual([]);
      }
    },
  );

  it.for([1280, 390, 320])("leaves the buttons of a run in the first view at %i px", async (width, context) => {
    await saveWorkflows();
    const { id } = await dashboard.stack.api.start(WORKFLOW, { labels: LABELS, wait: "20s" });
    const page = await dashboard.open(context, `#/runs/${id}`, { width });
    await page.locator(".attempt").first().waitFor();
    for (const name of ["Retry", "Run again", "Copy link"]) expect(await isInFirstView(page, name), name).toBe(true);
    await page.getByRole("group", { name: "Labels" }).getByText("of a long name").scrollIntoViewIfNeeded();
  });

  it.for([390, 320])("the bar has room for its longest word at %i px", async (width, context) => {
    const page = await dashboard.open(context, "#/", { width });
    await page.getByRole("button", { name: "Live" }).waitFor();
    context.onTestFinished(() => dashboard.stack.stack.resumeWorker());
    await dashboard.stack.stack.holdWorker();
    await page.getByRole("button", { name: "Reconnecting" }).waitFor();
    expect(await page.evaluate<string[]>(FIND_HIDDEN)).toEqual([]);
  });
});

describe("an address, however broken", () => {
  it.for([
    "#%",
    "#/%",
    "#/runs/%",
    "#/runs/..",
    "#/runs/%00",
    "#/workflows/.",
    "#/?status=%E0%A4%A",
    "#/?q=%&workflow=%",
  ])("%s opens a page that says what is there", async (hash, context) => {
    const page = await dashboard.open(context, hash);
    await page.locator("main :is(h1:not(.visually-hidden), .problem, .empty, .run-row)").first().waitFor();
    expect(await page.getByText("failed to draw").count()).toBe(0);
    expect(await page.getByRole("navigation", { name: "Main" }).isVisible()).toBe(true);
  });
});
