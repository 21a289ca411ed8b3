import { createRequire } from "node:module";
import { join } from "node:path";
import { build, stop, type Plugin } from "esbuild";
import { PROJECT_ROOT } from "./project-root.ts";

const { resolve } = createRequire(join(PROJECT_ROOT, "package.json"));

/**
 * Bundles the Worker into one module, as `wrangler deploy` would, but for `fetch`: see `network-fetch.ts`.
 *
 * @param entryPath - The file that exports the Worker.
 * @param outputPath - The bundle; its folder is made when missing.
 * @param alias - Modules that others are put in for: `alias` of `wrangler.toml`.
 */
export async function bundleWorker(
  entryPath: string,
  outputPath: string,
  alias: Readonly<Record<string, string>>,
): Promise<void> {
  await build({
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
    plugins: [aliasing(new Map(Object.entries(alias)))],
  });
  // The helper process that builds takes 120 MB for as long as this one lives.
  await stop();
}

/** Aliases as wrangler takes them: by the path as it is written, also one within a package. */
function aliasing(alias: ReadonlyMap<string, string>): Plugin {
  return {
    name: "alias",
    setup: ({ onResolve }) => {
      onResolve({ filter: /^/ }, ({ path }) => {
        const replacement = alias.get(path);
        return replacement === undefined ? null : { path: resolve(replacement) };
      });
    },
  };
}
