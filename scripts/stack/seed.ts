import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeAnswer } from "./api-answer.ts";
import { PROJECT_ROOT } from "./project-root.ts";
import { RefusedError } from "./start-part.ts";

const RECIPES_DIR = join(PROJECT_ROOT, "examples", "demo");
const REQUEST_TIMEOUT_MS = 20_000;
const HTTP_UNAVAILABLE = 503;

/** Where the demo recipes send their requests: the demo API, which needs no internet, or the public APIs. */
export type DemoUpstream = "mock" | "live";

/** What to save the demo recipes with. */
export interface SeedOptions {
  /** Address of the API, without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  /** Address of the demo API, without a slash at its end. */
  readonly demoUrl: string;
  readonly upstream: DemoUpstream;
}

/**
 * Reads which APIs the demo recipes shall call from `DEMO_UPSTREAM`.
 *
 * @param value - The variable's value: `mock`, `live` or nothing.
 * @returns The upstream; `mock` for nothing. Throws for other values.
 */
export function parseUpstream(value: string | undefined): DemoUpstream {
  if (value === undefined || value === "") {
    return "mock";
  }
  if (isUpstream(value)) {
    return value;
  }
  throw new Error(`DEMO_UPSTREAM is "${value}": it must be mock or live.`);
}

/**
 * Tells whether a text names an upstream.
 *
 * @param text - Any.
 * @returns Whether it does.
 */
export function isUpstream(text: string): text is DemoUpstream {
  return text === "mock" || text === "live";
}

/**
 * Reads the demo recipes and fills in the addresses of their APIs.
 *
 * @param options - The demo API's address and which upstream to use.
 * @returns The recipes as YAML, by the names of their workflows.
 */
export function readDemoRecipes({
  demoUrl,
  upstream,
}: Pick<SeedOptions, "demoUrl" | "upstream">): ReadonlyMap<string, string> {
  const isLive = upstream === "live";
  const addresses: Readonly<Record<string, string>> = {
    "{{DEMO_API}}": demoUrl,
    "{{JOKE_API}}": isLive ? "https://official-joke-api.appspot.com/random_joke" : `${demoUrl}/joke`,
    "{{CAT_API}}": isLive ? "https://catfact.ninja/fact" : `${demoUrl}/cat/fact`,
    "{{PEOPLE_API}}": isLive ? "https://jsonplaceholder.typicode.com" : demoUrl,
  };
  const recipes = new Map<string, string>();
  for (const fileName of readdirSync(RECIPES_DIR).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(join(RECIPES_DIR, fileName), "utf8");
    const body = text.replaceAll(/^#.*\n/gmu, "");
    recipes.set(fileName.replace(".yaml", ""), fillIn(body, addresses));
  }
  return recipes;
}

/**
 * Saves the demo recipes over the API. A recipe that has not changed gets no new version.
 *
 * @param options - Where to save them and what they call.
 * @returns Resolves once all are saved. Rejects with the API's answer when it refuses one.
 */
export async function seedDemoWorkflows(options: SeedOptions): Promise<void> {
  for (const [name, recipe] of readDemoRecipes(options)) {
    const response = await fetch(`${options.url}/api/workflows`, {
      method: "POST",
      headers: { authorization: `Bearer ${options.apiKey}`, "content-type": "application/yaml" },
      body: recipe,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!response.ok) {
      const message = `the demo workflow ${name} was not saved (${response.status}): ${describeAnswer(answer)}`;
      throw response.status === HTTP_UNAVAILABLE ? new Error(message) : new RefusedError(message);
    }
  }
}

function fillIn(text: string, addresses: Readonly<Record<string, string>>): string {
  return Object.entries(addresses).reduce((filled, [mark, address]) => filled.replaceAll(mark, address), text);
}
