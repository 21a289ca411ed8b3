import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const ROOT = join(import.meta.dirname, "..", "..");
const OUT = join(ROOT, "dist", "bundle");
const TIMEOUT_MS = 120_000;
// A sixth of what the free plan of Workers takes, and little more than there is: start-up time grows with the bundle.
const GZIP_BYTES_MAX = 580_000;

/** What the bundler writes above the messages of a language. */
const LANGUAGE_OF_ZOD = /^\/\/ .*zod\/v4\/locales\/(?!index).*$/gm;

process.exitCode = main();

function main(): number {
  rmSync(OUT, { recursive: true, force: true });
  const result = spawnSync(join(ROOT, "node_modules", ".bin", "wrangler"), ["deploy", "--dry-run", "--outdir", OUT], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: TIMEOUT_MS,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CI: "true" },
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) return result.status ?? 1;
  const modules = readdirSync(OUT).filter((name) => /[.](js|mjs|wasm|bin|txt)$/.test(name));
  const languages = modules.flatMap((name) => readFileSync(join(OUT, name), "utf8").match(LANGUAGE_OF_ZOD) ?? []);
  if (languages.length > 1) {
    console.error(
      `The bundle has zod's messages in ${languages.length} languages: \`[alias]\` in wrangler.toml names the module that brings them.`,
    );
    return 1;
  }
  const gzipBytes = modules.reduce((total, name) => total + gzipSync(readFileSync(join(OUT, name))).byteLength, 0);
  console.log(`bundle: ${gzipBytes} bytes gzipped of at most ${GZIP_BYTES_MAX}, in ${modules.join(", ")}`);
  if (modules.length > 0 && gzipBytes <= GZIP_BYTES_MAX) return 0;
  console.error("The bundle is empty or over its budget: see what is in it with `npx esbuild --analyze`.");
  return 1;
}
