import { join, resolve } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { buildDashboard } from "../build-dashboard.ts";
import { PROJECT_ROOT } from "./project-root.ts";
import { parseUpstream, seedDemoWorkflows } from "./seed.ts";
import type { DemoUpstream } from "./seed.ts";
import { startStack } from "./stack.ts";
import type { Stack } from "./stack.ts";
import { describeParts, repeatUntilDone, startPart } from "./start-part.ts";

const PORT_DEFAULT = 8787;
const FINISH_TIMEOUT_MS = 30_000;
/** Variables of the Worker that are taken from the environment as they are. */
const WORKER_VARS = [
  "SHARDS",
  "CONCURRENCY",
  "LEASE_MS",
  "CORS_ORIGINS",
  "ALLOW_FILE_ORIGIN",
  "SIGNING_KEY",
  "PUBLIC_URL",
  "SIGNAL_URL_DAYS",
] as const;
const EXIT_USAGE = 2;
const EXIT_ENVIRONMENT = 3;
/** A terminal's Ctrl-C may arrive twice: from the terminal itself and from npm. */
const SECOND_SIGNAL_AFTER_MS = 1_000;

const dataDir = resolve(process.env["BATON_DATA_DIR"] ?? join(PROJECT_ROOT, ".baton"));

// Whoever read the output may be gone (npm start | head): the stack goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => undefined);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(EXIT_ENVIRONMENT);
});

/** `npm start`: runs the local stack until Ctrl-C. */
async function main(): Promise<void> {
  const port = parsePort(process.env["PORT"]);
  const upstream = parseUpstream(process.env["DEMO_UPSTREAM"]);
  const startedAtMs = performance.now();
  let stopping: Promise<never> | null = null;
  let stack: Stack | null = null;

  function stop(exitCode: number): void {
    stopping ??= stopAndExit(stack, exitCode);
  }

  listenForSignals(() => {
    console.log("Stopping...");
    stop(0);
  });
  await buildDashboard();
  // Its helper process is not needed any more.
  await stopEsbuild();
  const databaseUrl = process.env["DATABASE_URL"];
  stack = await startStack({
    dataDir,
    port,
    ...(databaseUrl === undefined || databaseUrl === "" ? {} : { databaseUrl }),
    workerVars: readWorkerVars(process.env),
    onGivenUp: (message) => {
      console.error(`${message}\nStopping the stack; the logs are in ${join(dataDir, "log")}.`);
      stop(1);
    },
  });
  await finishStart(stack, upstream);
  printAddresses(stack, port, performance.now() - startedAtMs);
}

function readWorkerVars(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    WORKER_VARS.flatMap((name) => (env[name] === undefined || env[name] === "" ? [] : [[name, env[name]]])),
  );
}

/** The Worker may die meanwhile, or what it needs: each is started again. */
async function finishStart(stack: Stack, upstream: DemoUpstream): Promise<void> {
  const { url, apiKey, demoUrl } = stack.info;
  await startPart(describeParts(dataDir).worker, () =>
    repeatUntilDone(FINISH_TIMEOUT_MS, async () => {
      await seedDemoWorkflows({ url, apiKey, demoUrl, upstream });
      // Runs that were left unfinished go on now, not with the next minute's cron.
      await stack.triggerScheduled();
    }),
  );
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === "") {
    return PORT_DEFAULT;
  }
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) {
    return port;
  }
  console.error(`PORT is "${text}": it must be a number from 1 to 65535.`);
  process.exit(EXIT_USAGE);
}

function listenForSignals(onSignal: () => void): void {
  let firstAtMs: number | null = null;
  const take = (): void => {
    const nowMs = performance.now();
    if (firstAtMs === null) {
      firstAtMs = nowMs;
      onSignal();
    } else if (nowMs - firstAtMs > SECOND_SIGNAL_AFTER_MS) {
      // Somebody is in a hurry. The servers get their signals when this process exits.
      process.exit(1);
    }
  };
  process.on("SIGINT", take);
  process.on("SIGTERM", take);
  process.on("SIGHUP", take);
}

async function stopAndExit(stack: Stack | null, exitCode: number): Promise<never> {
  await stack?.stop();
  process.exit(exitCode);
}

function printAddresses(stack: Stack, wantedPort: number, tookMs: number): void {
  const { url, apiKey, demoUrl } = stack.info;
  const lines = [
    ...(new URL(url).port === String(wantedPort)
      ? []
      : [`Port ${wantedPort} is taken, so Baton took the next free one.`]),
    `Baton is ready after ${(tookMs / 1000).toFixed(1)} s.`,
    `  Dashboard  ${url}/#key=${encodeURIComponent(apiKey)}`,
    `  API key    ${apiKey}`,
    ...stack.descriptions.map((description) => `  Uses       ${description}`),
    `  Demo API   ${demoUrl}`,
    `  Data       ${dataDir} (local.json there has all addresses)`,
    "Ctrl-C stops it; started again, it goes on with every unfinished run.",
  ];
  console.log(lines.join("\n"));
}
