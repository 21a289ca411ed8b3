import { type DemoUpstream, isUpstream } from "../stack/seed.ts";
import { DEMO_NAMES } from "./demos.ts";
import type { DemoName } from "./demos.ts";

/** How the terminal demo was asked to run. */
export interface DemoOptions {
  /** Demos to run, in this order. */
  readonly demos: readonly DemoName[];
  /** Whether to kill the runtime and to start one run twice, after the demos. */
  readonly proofs: boolean;
  readonly plain: boolean;
  readonly json: boolean;
  readonly keep: boolean;
  readonly noStart: boolean;
  /** Address of a Baton that runs already, without a slash at its end; null for the local stack. */
  readonly apiUrl: string | null;
  /** Which APIs the demo workflows shall call; null for those that they call now. */
  readonly upstream: DemoUpstream | null;
  readonly slow: boolean;
  readonly open: boolean;
  readonly quiet: boolean;
}

/** The variables of the environment that are read like arguments. */
export interface DemoVariables {
  /** `WF_API`, as `--api`, which wins. */
  readonly api?: string | undefined;
  /** `DEMO_UPSTREAM`. */
  readonly upstream?: string | undefined;
}

/** What the arguments came to. */
export type ParsedArguments =
  | { readonly kind: "run"; readonly options: DemoOptions }
  | { readonly kind: "help" }
  | { readonly kind: "error"; readonly message: string };

/** What `./demo.sh -h` prints. */
export const USAGE = `Usage: ./demo.sh [options]

Starts Baton on this machine, runs five workflows, kills the Worker runtime in the middle of one and shows it go on,
starts one run twice with one Idempotency-Key, and stops what it started.

  --only NAMES   run only these demos, by commas: ${DEMO_NAMES.join(", ")} (beginnings will do)
  --chaos        run only the proofs: the kill and the double start
  --plain        event lines in place of the live view
  --json         one JSON object per event, then a summary; progress goes to stderr
  --keep         leave Baton running
  --no-start     use the Baton that runs already
  --api URL      use the Baton at URL; BATON_API_KEY holds its API key
  --slow         pause between demos, for presenting
  --open         open the dashboard in a browser
  -q, --quiet    print failures and the last line only
  -h, --help     print this

Environment: WF_API (as --api), BATON_API_KEY, BATON_DATA_DIR, PORT, DEMO_UPSTREAM=mock|live, NO_COLOR, FORCE_COLOR, CI.
Exit codes: 0 all as expected, 1 a demo ended wrongly, 2 wrong usage, 3 no Baton that can be used, 130 interrupted.`;

const SWITCHES = ["plain", "json", "keep", "no-start", "slow", "chaos", "open", "quiet", "help"] as const;
type Switch = (typeof SWITCHES)[number];

const SHORT: ReadonlyMap<string, Switch> = new Map([
  ["-q", "quiet"],
  ["-h", "help"],
]);

interface Collected {
  readonly switches: ReadonlySet<Switch>;
  readonly only: string | null;
  readonly api: string | null;
}

/**
 * Reads the arguments of the demo.
 *
 * @param args - The words after the program's name.
 * @param variables - From the environment.
 * @returns What to do, or what is wrong.
 */
export function parseArguments(args: readonly string[], variables: DemoVariables): ParsedArguments {
  const collected = collect(args);
  if (typeof collected === "string") {
    return { kind: "error", message: collected };
  }
  const { switches, only } = collected;
  if (switches.has("help")) {
    return { kind: "help" };
  }
  const demos = only === null ? DEMO_NAMES : parseNames(only);
  if (typeof demos === "string") {
    return { kind: "error", message: demos };
  }
  const api = collected.api ?? nullIfEmpty(variables.api);
  if (api !== null && !URL.canParse(api)) {
    return { kind: "error", message: `"${api}" is no address.` };
  }
  const upstream = nullIfEmpty(variables.upstream);
  if (upstream !== null && !isUpstream(upstream)) {
    return { kind: "error", message: `DEMO_UPSTREAM is "${upstream}": it must be mock or live.` };
  }
  return { kind: "run", options: toOptions(switches, demos, { api, upstream, isPartial: only !== null }) };
}

function nullIfEmpty(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

function toOptions(
  switches: ReadonlySet<Switch>,
  demos: readonly DemoName[],
  { api, upstream, isPartial }: Pick<DemoOptions, "upstream"> & { api: string | null; isPartial: boolean },
): DemoOptions {
  return {
    demos: switches.has("chaos") ? [] : demos,
    proofs: switches.has("chaos") || !isPartial,
    plain: switches.has("plain"),
    json: switches.has("json"),
    keep: switches.has("keep"),
    noStart: switches.has("no-start"),
    apiUrl: api === null ? null : api.replace(/\/+$/u, ""),
    upstream,
    slow: switches.has("slow"),
    open: switches.has("open"),
    quiet: switches.has("quiet"),
  };
}

function collect(args: readonly string[]): Collected | string {
  const switches = new Set<Switch>();
  const values = { only: null as string | null, api: null as string | null };
  const rest = args.flatMap((arg) => (/^--(only|api)=/u.test(arg) ? splitOnce(arg) : [arg]));
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? "";
    const found = SHORT.get(word) ?? SWITCHES.find((name) => word === `--${name}`);
    if (found !== undefined) {
      switches.add(found);
    } else if (word === "--only" || word === "--api") {
      index += 1;
      const value = rest[index];
      if (value === undefined || value === "") {
        return `${word} needs a value.`;
      }
      values[word === "--only" ? "only" : "api"] = value;
    } else {
      return `There is no option "${word}".`;
    }
  }
  return { switches, ...values };
}

function splitOnce(arg: string): readonly string[] {
  const at = arg.indexOf("=");
  return [arg.slice(0, at), arg.slice(at + 1)];
}

function parseNames(text: string): readonly DemoName[] | string {
  const names: DemoName[] = [];
  for (const word of text.split(",").map((part) => part.trim())) {
    const found = DEMO_NAMES.find((name) => word !== "" && name.startsWith(word));
    if (found === undefined) {
      return `There is no demo "${word}": there are ${DEMO_NAMES.join(", ")}.`;
    }
    names.push(found);
  }
  return names;
}
