import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { buildDashboard } from "../build-dashboard.ts";
import { startDemoApi } from "../stack/demo-api.ts";
import { provideOutboundUrl } from "../stack/outbound/outbound-server.ts";
import { nextFreePort } from "../stack/ports.ts";
import { PROJECT_ROOT } from "../stack/project-root.ts";
import { parseUpstream, seedDemoWorkflows } from "../stack/seed.ts";
import { prepareServices } from "./services.ts";
import { type DevSettings, readDevSettings } from "./settings.ts";

const EXIT_ENVIRONMENT = 3;
const CRON_EVERY_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(EXIT_ENVIRONMENT);
}

/** `npm run dev`: `wrangler dev` on the servers that `.dev.vars` names, with the demo API and the cron beside it. */
async function main(): Promise<void> {
  const upstream = parseUpstream(process.env["DEMO_UPSTREAM"]);
  const settings = await readDevSettings(process.argv.slice(2), process.env["PORT"]);
  const problem = await prepareServices(settings);
  if (problem !== null) {
    console.error(problem);
    process.exit(EXIT_ENVIRONMENT);
  }
  await buildDashboard();
  await stopEsbuild();
  const demo = await startDemoApi(await nextFreePort(settings.port + 1));
  // `wrangler dev` has no setting for outbound traffic, but it takes variables.
  const outboundUrl = await provideOutboundUrl(settings.vars["OUTBOUND_URL"]);
  const url = `http://127.0.0.1:${settings.port}`;
  const publicUrl = settings.vars["PUBLIC_URL"] ?? url;
  const vars = ["--var", `OUTBOUND_URL:${outboundUrl}`, "--var", `PUBLIC_URL:${publicUrl}`];
  const wrangler = startWrangler([...settings.wranglerArgs, ...vars]);
  await untilAnswered(`${url}/api/health`, wrangler);
  const apiKey = settings.vars["BATON_API_KEY"] ?? "";
  await seedDemoWorkflows({ url, apiKey, demoUrl: demo.url, upstream });
  // Runs that were left unfinished go on now, also when the storage of the shards and Redis were wiped.
  await fireCron(url);
  setInterval(() => void fireCron(url).catch(() => undefined), CRON_EVERY_MS);
  printAddresses(settings, { url, apiKey, demoUrl: demo.url });
}

function startWrangler(args: readonly string[]): ChildProcess {
  const wrangler = spawn(join(PROJECT_ROOT, "node_modules", ".bin", "wrangler"), args, {
    cwd: PROJECT_ROOT,
    stdio: "inherit",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  // Ctrl-C reaches wrangler too, which ends in its own time.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => wrangler.kill(signal));
  }
  process.on("exit", () => wrangler.kill());
  wrangler.once("error", (error) => {
    console.error(`wrangler could not be started: ${error.message}`);
    process.exit(EXIT_ENVIRONMENT);
  });
  wrangler.once("exit", (code) => process.exit(code ?? 1));
  return wrangler;
}

/** However long it takes: wrangler says what it waits for, and when it ends, so does this process. */
async function untilAnswered(url: string, wrangler: ChildProcess): Promise<void> {
  while (wrangler.exitCode === null) {
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })).arrayBuffer();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** `wrangler dev` fires no cron, and a shard whose storage was wiped has no alarm that would wake it. */
async function fireCron(url: string): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/handler/scheduled`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`The scheduled function failed: ${text.slice(0, 500)}`);
  }
}

function printAddresses(
  settings: DevSettings,
  { url, apiKey, demoUrl }: { readonly url: string; readonly apiKey: string; readonly demoUrl: string },
): void {
  const { port, wantedPort, varsPath } = settings;
  const lines = [
    ...(port === wantedPort ? [] : [`Port ${wantedPort} is taken, so Baton took the next free one.`]),
    "Baton is ready.",
    `  Dashboard  ${url}/#key=${encodeURIComponent(apiKey)}`,
    `  API key    ${apiKey}`,
    `  Demo API   ${demoUrl}`,
    `  Variables  ${varsPath}`,
    `  Demo       BATON_API_KEY=${apiKey} ./demo.sh --api ${url}`,
    "The cron is fired here once a minute (wrangler dev alone fires none). A change to src/ is loaded by itself.",
  ];
  console.log(lines.join("\n"));
}
