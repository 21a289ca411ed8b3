import { spawn } from "node:child_process";
import { ApiClient } from "./api-client.ts";
import { createJsonReporter } from "./json-reporter.ts";
import { EnvironmentError } from "./local-baton.ts";
import { parseArguments, USAGE } from "./options.ts";
import type { DemoOptions } from "./options.ts";
import type { Reporter } from "./reporter.ts";
import { runDemos } from "./run-demos.ts";
import { openTarget } from "./target.ts";
import type { Target } from "./target.ts";
import { detectStyle } from "./terminal.ts";
import { TextReporter } from "./text-reporter.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_ENVIRONMENT = 3;
const EXIT_INTERRUPTED = 130;

// Nobody reads on (demo.sh | head): there is no point in going on.
process.stdout.on("error", () => process.exit(EXIT_FAILED));
process.exitCode = await main();
// A started Baton that is kept would keep this process too.
process.exit();

async function main(): Promise<number> {
  const { WF_API: api, DEMO_UPSTREAM: demoUpstream } = process.env;
  const parsed = parseArguments(process.argv.slice(2), { api, upstream: demoUpstream });
  switch (parsed.kind) {
    case "help":
      console.log(USAGE);
      return 0;
    case "error":
      console.error(`${parsed.message} ./demo.sh -h lists the options.`);
      return EXIT_USAGE;
    case "run":
      return demonstrate(parsed.options);
  }
}

async function demonstrate(options: DemoOptions): Promise<number> {
  let target: Target | null = null;
  stopOnSignals(() => target);
  try {
    target = await openTarget(options, createProgress(options));
    return await demonstrateOn(target, options);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) {
      throw error;
    }
    console.error(error.message);
    return EXIT_ENVIRONMENT;
  } finally {
    await target?.close();
  }
}

async function demonstrateOn(target: Target, options: DemoOptions): Promise<number> {
  const reporter = createReporter(target, options);
  if (options.open) {
    openBrowser(target.dashboardUrl);
  }
  const client = new ApiClient(target.url, target.apiKey);
  const results = await runDemos({ options, client, reporter, killRuntime: target.killRuntime });
  reporter.summary(results);
  return results.every((result) => result.complaint === null) ? 0 : EXIT_FAILED;
}

function createProgress(options: DemoOptions): (message: string) => void {
  if (options.quiet) {
    return () => undefined;
  }
  return options.json ? (message) => console.error(message) : (message) => console.log(message);
}

function createReporter(target: Target, options: DemoOptions): Reporter {
  if (options.json) {
    return createJsonReporter(target.url, { out: (line) => console.log(line), err: (line) => console.error(line) });
  }
  return new TextReporter({
    style: detectStyle(process.stdout, process.env, options.plain),
    quiet: options.quiet,
    url: target.url,
    dashboardUrl: target.dashboardUrl,
    isTemporary: target.isTemporary,
    workerLogPath: target.workerLogPath,
    write: (text) => void process.stdout.write(text),
  });
}

function stopOnSignals(current: () => Target | null): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    // Ctrl-C may arrive twice, from the terminal and from the process that started this one.
    if (isStopping) {
      return;
    }
    isStopping = true;
    const target = current();
    const where =
      target === null || target.isTemporary ? "when Baton is started again (npm start)" : `at ${target.url}/#/runs`;
    console.error(`\nInterrupted. Open runs go on ${where}.`);
    await target?.close();
    // A Baton that was still starting is stopped by the exit.
    process.exit(EXIT_INTERRUPTED);
  };
  process.on("SIGINT", () => void stop());
  process.on("SIGTERM", () => void stop());
}

function openBrowser(url: string): void {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  spawn(command, [url], { stdio: "ignore", detached: true })
    .on("error", () => console.error(`No browser could be opened: go to ${url}`))
    .unref();
}
