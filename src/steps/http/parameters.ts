import { isJsonObject } from "../../domain/json.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { HttpMethod } from "../ports.ts";
import { parseExpected } from "./expected-status.ts";
import type { ExpectedStatuses } from "./expected-status.ts";
import { parseHeaders } from "./headers.ts";
import type { HeaderValues } from "./headers.ts";
import { URL_LENGTH_MAX } from "./limits.ts";
import { isScalar } from "./scalar.ts";

/** How a response's body becomes a value: by its content type, or as told. */
export type ResponseMode = "auto" | "json" | "text";

/** Parameters of an `http` step, checked, with defaults filled in. */
export interface HttpParams {
  readonly method: HttpMethod;
  /** Absolute http or https URL, query included. */
  readonly url: string;
  readonly headers: HeaderValues;
  /** Null means none. */
  readonly body: Json;
  readonly expect: ExpectedStatuses;
  readonly response: ResponseMode;
}

/** The parameters, or all that is wrong with them, one sentence each. */
export type ParsedHttpParams =
  | { readonly ok: true; readonly params: HttpParams }
  | { readonly ok: false; readonly problems: readonly string[] };

const METHODS: readonly [HttpMethod, ...HttpMethod[]] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
const MODES: readonly [ResponseMode, ...ResponseMode[]] = ["auto", "json", "text"];
const NAMES = ["method", "url", "query", "headers", "body", "expect", "response"];

/**
 * Checks the parameters of an `http` step after their expressions were resolved.
 *
 * @param resolved - The `with` of the step, missing values left out.
 * @returns The parameters, or every problem.
 */
export function parseHttpParams(resolved: Json): ParsedHttpParams {
  if (!isJsonObject(resolved)) {
    return { ok: false, problems: ["`with` must be an object that has at least a `url`"] };
  }
  const problems = Object.keys(resolved)
    .filter((name) => !NAMES.includes(name))
    .map((name) => `unknown parameter \`${name.slice(0, 60)}\`: use ${NAMES.join(", ")}`);
  const params: HttpParams = {
    method: parseChoice(resolved, "method", METHODS, problems),
    url: appendQuery(parseUrl(resolved["url"], problems), resolved["query"], problems),
    headers: parseHeaders(resolved["headers"], problems),
    body: resolved["body"] ?? null,
    expect: parseExpect(resolved["expect"], problems),
    response: parseChoice(resolved, "response", MODES, problems),
  };
  if (params.body !== null && (params.method === "GET" || params.method === "HEAD")) {
    problems.push(`a ${params.method} request carries no \`body\`: use \`query\`, or another \`method\``);
  }
  return problems.length === 0 ? { ok: true, params } : { ok: false, problems };
}

function parseChoice<Choice extends string>(
  resolved: JsonObject,
  name: "method" | "response",
  choices: readonly [Choice, ...Choice[]],
  problems: string[],
): Choice {
  const [fallback] = choices;
  const value = resolved[name] ?? fallback;
  const text = typeof value === "string" ? value.toLowerCase() : null;
  const choice = choices.find((candidate) => candidate.toLowerCase() === text);
  if (choice === undefined) {
    problems.push(`\`${name}\` is ${quote(value)}: use one of ${choices.join(", ")}`);
  }
  return choice ?? fallback;
}

function parseUrl(value: Json | undefined, problems: string[]): string {
  if (typeof value !== "string" || value === "") {
    problems.push("`url` is missing or no text: give the absolute address to call, or look at the expression in it");
    return "";
  }
  if (!URL.canParse(value) || !/^https?:/i.test(value.trim())) {
    problems.push("`url` is no absolute http or https address: start it with https:// and encode what is put into it");
  }
  return value;
}

function appendQuery(url: string, query: Json | undefined, problems: string[]): string {
  if (query !== undefined && query !== null && !isJsonObject(query)) {
    problems.push("`query` must be an object of names and values");
    return url;
  }
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => parsePairs(name, value, problems));
  const [address = "", fragment] = url.split("#", 2);
  const joint = address.includes("?") ? "&" : "?";
  const whole = pairs.length === 0 ? address : `${address}${joint}${new URLSearchParams(pairs).toString()}`;
  if (whole.length > URL_LENGTH_MAX) {
    problems.push(`the URL is ${whole.length} characters long, more than the ${URL_LENGTH_MAX} allowed: use \`body\``);
  }
  return fragment === undefined ? whole : `${whole}#${fragment}`;
}

function parsePairs(name: string, value: Json, problems: string[]): [string, string][] {
  const items: readonly Json[] = Array.isArray(value) ? value : [value];
  const scalars = items.filter(isScalar);
  if (scalars.length < items.filter((item) => item !== null).length) {
    problems.push(`query \`${name.slice(0, 60)}\` must be text, a number, true, false or a list of these`);
  }
  return scalars.map((item) => [name, String(item)]);
}

function parseExpect(value: Json | undefined, problems: string[]): ExpectedStatuses {
  const expected = parseExpected(value);
  if (expected === null) {
    problems.push(
      `\`expect\` is ${quote(value ?? null)}: use statuses such as 200, classes such as "2xx", or a list of them`,
    );
  }
  return expected ?? [];
}

function quote(value: Json): string {
  return JSON.stringify(value).slice(0, 60);
}
