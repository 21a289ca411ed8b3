import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { nextFreePort } from "../stack/ports.ts";
import { PROJECT_ROOT } from "../stack/project-root.ts";

const PORT_DEFAULT = 8787;
const EXAMPLE_PATH = join(PROJECT_ROOT, ".dev.vars.example");
const VARS_PATH = join(PROJECT_ROOT, ".dev.vars");

/** Variables of the Worker by their names. */
export type WorkerVars = Readonly<Record<string, string | undefined>>;

/** What `npm run dev` runs with. */
export interface DevSettings {
  /** The port of the Worker: the wanted one, or the next that is free. */
  readonly port: number;
  readonly wantedPort: number;
  /** The file that the variables come from. */
  readonly varsPath: string;
  readonly vars: WorkerVars;
  /** What `.dev.vars.example` says, which fits `docker-compose.yml`. */
  readonly exampleVars: WorkerVars;
  /** The arguments of `wrangler dev`. */
  readonly wranglerArgs: readonly string[];
}

/**
 * Settles ports and variables; copies `.dev.vars.example` to `.dev.vars` when there is none.
 *
 * @param args - Arguments for `wrangler dev`; `--port` and `--env-file` are read here too.
 * @param portText - The value of `PORT`; `--port` wins.
 * @returns The settings. Throws with a sentence for a port that is none and for a file that cannot be read.
 */
export async function readDevSettings(args: readonly string[], portText: string | undefined): Promise<DevSettings> {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: "string" }, "env-file": { type: "string" } },
    strict: false,
  });
  const wantedPort = parsePort(values.port ?? (portText === "" ? undefined : portText));
  const port = await nextFreePort(wantedPort);
  const envFile = values["env-file"];
  const varsPath = typeof envFile === "string" ? resolve(PROJECT_ROOT, envFile) : VARS_PATH;
  if (varsPath === VARS_PATH && !existsSync(VARS_PATH)) {
    copyFileSync(EXAMPLE_PATH, VARS_PATH);
    console.log("Copied .dev.vars.example to .dev.vars.");
  }
  return {
    port,
    wantedPort,
    varsPath,
    vars: readVars(varsPath),
    exampleVars: readVars(EXAMPLE_PATH),
    // The last `--port` is the one that wrangler takes; an address of its own, as `localhost` may mean IPv6.
    wranglerArgs: ["dev", "--ip", "127.0.0.1", ...args, "--port", String(port)],
  };
}

function readVars(path: string): WorkerVars {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function parsePort(value: string | boolean | undefined): number {
  const port = value === undefined ? PORT_DEFAULT : Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) {
    return port;
  }
  throw new Error(`The port is "${String(value)}": it must be a number from 1 to 65535.`);
}
