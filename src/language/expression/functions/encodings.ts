import type { Json } from "../../../domain/json.ts";
import { parseExactJson } from "../../json-text.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Native } from "../evaluation/function-values.ts";
import type { Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import { decodeBase64, encodeBase64 } from "../formats/base64.ts";
import { hmac, sha256 } from "../formats/digest.ts";
import { FormatFault } from "../formats/format-fault.ts";
import { parseCsv } from "../formats/parse-csv.ts";
import type { FunctionDefinition } from "./definition.ts";
import { madeText, metered } from "./formats.ts";

/** Characters of a text that is no URL, as a message shows it. */
const SHOWN_LENGTH_MAX = 60;
/** How much dearer than reading a character it is to convert it, at worst. */
const BASE64_WEIGHT = 48;
const URL_WEIGHT = 8;
const URL_READ_WEIGHT = 3;

/** Functions that write texts in another form, and read them. */
export const ENCODING_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "base64encode", signature: "<s-:s>", run: converting(encodeBase64, BASE64_WEIGHT) },
  { name: "base64decode", signature: "<s-:s>", run: converting(decodeBase64, BASE64_WEIGHT) },
  {
    name: "encodeUrlComponent",
    signature: "<s-:s>",
    run: converting(refusingMalformed(encodeURIComponent), URL_WEIGHT),
  },
  { name: "encodeUrl", signature: "<s-:s>", run: converting(refusingMalformed(encodeURI), URL_WEIGHT) },
  {
    name: "decodeUrlComponent",
    signature: "<s-:s>",
    run: converting(refusingMalformed(decodeURIComponent), URL_READ_WEIGHT),
  },
  { name: "decodeUrl", signature: "<s-:s>", run: converting(refusingMalformed(decodeURI), URL_READ_WEIGHT) },
  { name: "sha256", signature: "<s-s?:s>", run: metered(60, digest) },
  { name: "hmac", signature: "<sss?s?:s>", run: metered(120, sign) },
  { name: "uuid", signature: "<:s>", run: metered(50, (run) => madeText(run, createUuid(run))) },
  { name: "parseUrl", signature: "<s-:o>", run: metered(65, readUrl) },
  { name: "parseJson", signature: "<s-:x>", run: metered(10, readJson) },
  { name: "parseCsv", signature: "<s-s?:a>", run: metered(10, readCsv) },
];

/** At worst a character becomes nine. */
const GROWTH = 9;

function converting(convert: (text: string) => string, weight: number): Native {
  return metered(30, (run, [text]) => {
    if (typeof text !== "string") {
      return undefined;
    }
    run.readText(text.length * weight);
    run.allocate(text.length * GROWTH);
    return madeText(run, convert(text));
  });
}

function refusingMalformed(convert: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return convert(text);
    } catch {
      throw failureOf(
        "D3140",
        `${JSON.stringify(text.slice(0, 40))} is malformed: a part of a character or of an escape is missing`,
      );
    }
  };
}

function digest(run: Evaluation, [text, encoding]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  run.readText(text.length * 2.5);
  return madeText(run, sha256(text, typeof encoding === "string" ? encoding : "hex"));
}

function sign(run: Evaluation, [text, key, algorithm, encoding]: readonly Value[]): Value {
  if (typeof text !== "string" || typeof key !== "string") {
    return undefined;
  }
  run.readText((text.length + key.length) * 3);
  const name = typeof algorithm === "string" ? algorithm : "sha256";
  return madeText(run, hmac(text, key, name, typeof encoding === "string" ? encoding : "hex"));
}

/** Version 4, out of the numbers of the attempt: another try of the same attempt gives the same one. */
function createUuid(run: Evaluation): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(run.random() * 16));
  digits[12] = 4;
  digits[16] = 8 + ((digits[16] ?? 0) % 4);
  const hex = digits.map((digit) => digit.toString(16)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function readUrl(run: Evaluation, [text]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  run.readText(text.length * 32);
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    run.spend(PARAMETER_COST);
  }
  run.allocate(text.length * BYTES_PER_CHARACTER);
  return parseUrl(text);
}

/** Each parameter is found, kept and looked up by its name. */
const PARAMETER_COST = 15;

/** What reading makes of a character at worst: an object takes three of them. */
const BYTES_PER_CHARACTER = 24;

function readJson(run: Evaluation, [text]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  run.readText(text.length * 16);
  run.allocate(text.length * BYTES_PER_CHARACTER);
  try {
    return parseExactJson(text);
  } catch {
    throw failureOf("D3209", `${JSON.stringify(text.slice(0, 40))} is no JSON`);
  }
}

function readCsv(run: Evaluation, [text, separator]: readonly Value[]): Value {
  if (typeof text !== "string") {
    return undefined;
  }
  run.readText(text.length * 24);
  run.allocate(text.length * BYTES_PER_CHARACTER);
  return parseCsv(text, typeof separator === "string" ? separator : ",");
}

/**
 * Takes a URL apart.
 *
 * @param text - An absolute URL.
 * @returns `{ protocol, host, hostname, port, path, query, fragment, origin }`: texts, percent-decoded in `query` alone.
 *   `protocol` has no colon, `port` is a number or null for the protocol's own, `fragment` is null when there is none.
 *   `query` holds a text for each name, or a list of texts for one that is given several times.
 * @throws FormatFault `D3209` when the text is no absolute URL.
 */
export function parseUrl(text: string): Json {
  const url = URL.parse(text);
  if (url === null) {
    throw new FormatFault("D3209", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is no absolute URL`);
  }
  return {
    protocol: url.protocol.slice(0, -1),
    host: url.host,
    hostname: url.hostname,
    port: url.port === "" ? null : Number(url.port),
    path: url.pathname,
    query: gatherQuery(url.searchParams),
    fragment: url.hash === "" ? null : url.hash.slice(1),
    origin: url.origin,
  };
}

/** In one pass: to ask for each name would go through all of them each time. */
function gatherQuery(params: URLSearchParams): Json {
  const query = new Map<string, string[]>();
  for (const [name, value] of params) {
    const values = query.get(name);
    if (values === undefined) {
      query.set(name, [value]);
    } else {
      values.push(value);
    }
  }
  return Object.fromEntries(
    [...query].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}
