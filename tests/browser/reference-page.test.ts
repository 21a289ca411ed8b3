import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { type Look, useDashboard } from "./dashboard-browser.ts";

const dashboard = useDashboard();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_RUN = `axe.run(document).then(({ violations }) => violations.map(({ id }) => id))`;

/** What is cut off or lies over its neighbour: a cell that is narrower than what is in it. */
const CROWDED_CELLS = `Array.from(document.querySelectorAll("td, th"))
  .filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.outerHTML.slice(0, 100))`;

const LOOKS: readonly Required<Look>[] = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
];

describe("the reference page", () => {
  it.for(LOOKS)("passes axe, and nothing in it collides, at $width px in $colorScheme", async (look, context) => {
    const page = await dashboard.openBlank(context, look);
    await page.goto(`${dashboard.url}/api/docs`);
    expect(await page.evaluate(CROWDED_CELLS)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
    await page.evaluate(AXE);
    expect(await page.evaluate(AXE_RUN)).toEqual([]);
  });
});
