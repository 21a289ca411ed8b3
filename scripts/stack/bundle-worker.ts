import { join } from "node:path";
import { buildSync } from "esbuild";

/**
 * Bundles the Worker into one module, as `wrangler deploy` would, but for `fetch`: see `network-fetch.ts`.
 *
 * @param entryPath - The file that exports the Worker.
 * @param outputPath - The bundle; its folder is made when missing.
 */
export function bundleWorker(entryPath: string, outputPath: string): void {
  // In one go: the asynchronous build leaves a helper process of 120 MB behind for as long as this one lives.
  buildSync({
    entryPoints: [entryPath],
    outfile: outputPath,
    bundle: true,
    inject: [join(import.meta.dirname, "network-fetch.ts")],
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    // `workerd` comes first: packages such as `postgres` ship an own build for it.
    conditions: ["workerd", "worker", "browser", "module", "import"],
    external: ["node:*", "cloudflare:*"],
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "silent",
  });
}
