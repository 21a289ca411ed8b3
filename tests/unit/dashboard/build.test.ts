import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDashboard } from "../../../scripts/build-dashboard.ts";

// A form for signals and the items of lists came to 4.7 KiB; all of it is there before the first row is.
const SCRIPT_BYTES_MAX = 33 * 1024;
const STYLE_BYTES_MAX = 5 * 1024;

const outputDir = mkdtempSync(join(tmpdir(), "baton-dashboard-"));

beforeAll(() => buildDashboard(outputDir));
afterAll(() => rmSync(outputDir, { recursive: true, force: true }));

function read(name: string): string {
  return readFileSync(join(outputDir, name), "utf8");
}

describe("the built dashboard", () => {
  it("is one page, one script and one style sheet", () => {
    expect(readdirSync(outputDir).toSorted()).toEqual(["_headers", "app.css", "app.js", "favicon.svg", "index.html"]);
  });

  it(`sends at most ${SCRIPT_BYTES_MAX} bytes of script and ${STYLE_BYTES_MAX} of style`, () => {
    expect(gzipSync(read("app.js")).byteLength).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
    expect(gzipSync(read("app.css")).byteLength).toBeLessThanOrEqual(STYLE_BYTES_MAX);
  });

  it("is made of classic scripts with relative addresses, so that it works below any path and from a file", () => {
    expect(read("index.html")).toContain('<script defer src="./app.js"></script>');
    expect(read("index.html")).not.toContain("module");
    expect(read("app.js")).not.toMatch(/\bimport\s*\(|\bimport\.meta\b/);
  });

  it("needs nothing that its content security policy forbids", () => {
    expect(read("index.html")).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    expect(read("app.js")).not.toMatch(/\beval\(|new Function\(/);
    expect(read("_headers")).toContain("default-src 'none'");
    expect(read("_headers")).not.toContain("unsafe");
  });
});
