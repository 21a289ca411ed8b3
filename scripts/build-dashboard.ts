import { cp, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const SOURCE_DIR = resolve(import.meta.dirname, "..", "dashboard");

/**
 * Builds the dashboard: a page, one classic script and one style sheet, with relative addresses, so that the same
 * files work on Workers, on any static host and below any path.
 *
 * @param outputDir - Where to; the default is the folder that `wrangler.toml` deploys. Made when missing.
 */
export async function buildDashboard(outputDir = join(SOURCE_DIR, "dist")): Promise<void> {
  await mkdir(outputDir, { recursive: true });
  await Promise.all([
    build({
      entryPoints: [
        { in: join(SOURCE_DIR, "main.tsx"), out: "app" },
        { in: join(SOURCE_DIR, "styles", "app.css"), out: "app" },
      ],
      outdir: outputDir,
      tsconfig: join(SOURCE_DIR, "tsconfig.json"),
      bundle: true,
      // A classic script: browsers refuse module scripts of a page that was opened from a file.
      format: "iife",
      target: ["es2022", "chrome123", "firefox124", "safari17.5"],
      minify: true,
      legalComments: "none",
      logLevel: "warning",
    }),
    cp(join(SOURCE_DIR, "index.html"), join(outputDir, "index.html")),
    cp(join(SOURCE_DIR, "public"), outputDir, { recursive: true }),
  ]);
}

if (import.meta.main) await buildDashboard();
