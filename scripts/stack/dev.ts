import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { migrateDatabase } from "./migrate.ts";
import { provideOutboundUrl } from "./outbound/outbound-server.ts";
import { PROJECT_ROOT } from "./project-root.ts";

const VARS_PATH = join(PROJECT_ROOT, ".dev.vars");
const EXIT_ENVIRONMENT = 3;

/** `npm run dev`: migrations, then `wrangler dev`, on the databases that `.dev.vars` names. */
if (!existsSync(VARS_PATH)) {
  copyFileSync(join(PROJECT_ROOT, ".dev.vars.example"), VARS_PATH);
  console.log("Copied .dev.vars.example to .dev.vars.");
}
const { DATABASE_URL: databaseUrl = "", OUTBOUND_URL: outboundUrl } = parseEnv(readFileSync(VARS_PATH, "utf8"));
try {
  await migrateDatabase(databaseUrl);
} catch (error) {
  console.error(
    `The database of .dev.vars cannot be migrated: ${String(error)}\nIs it up? docker compose up -d --wait`,
  );
  process.exit(EXIT_ENVIRONMENT);
}
// In this process, which ends with wrangler.
const args = ["dev", "--var", `OUTBOUND_URL:${await provideOutboundUrl(outboundUrl)}`, ...process.argv.slice(2)];
const wrangler = spawn(join(PROJECT_ROOT, "node_modules", ".bin", "wrangler"), args, {
  cwd: PROJECT_ROOT,
  stdio: "inherit",
  env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
});
// Ctrl-C reaches wrangler too, which ends in its own time.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => wrangler.kill(signal));
}
wrangler.once("exit", (code) => process.exit(code ?? 1));
