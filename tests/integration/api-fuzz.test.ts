import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

/** Requests of each operation; a failure prints the seed that made them. */
const REQUESTS_PER_OPERATION = 25;

const SEED = 20_260_701;

/** Streams do not end by themselves, and are tested as streams. */
const LEFT_OUT: ReadonlySet<string> = new Set(["streamRuns"]);

const schemaShape = z.looseObject({
  type: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.looseObject({})).optional(),
});
const mediaShape = z.object({ schema: schemaShape });
const operationShape = z.looseObject({
  operationId: z.string(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.enum(["path", "query", "header"]), schema: schemaShape }))
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), mediaShape) }).optional(),
});
const documentShape = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operationShape)) });

type Operation = z.output<typeof operationShape> & { readonly method: string; readonly path: string };

interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

let operations: readonly Operation[] = [];
let runId = "";

beforeAll(async () => {
  await stack.api.save({ name: "plain", steps: [{ id: "copy", type: "transform", with: "${{ input }}" }] });
  runId = (await stack.api.runToEnd("plain", { n: 1 })).id;
  const { paths } = documentShape.parse((await stack.api.call("GET", "/api/openapi.json")).body);
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );
});

/** Instants at the ends of what clients, JavaScript and PostgreSQL can hold, and beyond. */
const instant = fc
  .record({
    year: fc.constantFrom("0000", "0001", "1969", "1970", "2026", "9999", "-4714", "+294277", "10000"),
    day: fc.constantFrom("-01-01", "-02-29", "-02-30", "-06-30", "-12-31", "-00-00", "-13-32"),
    time: fc.constantFrom("", "T00:00:00", "T23:59:59.999999999", "T23:59:60", "T24:00:00", "T25:00:00"),
    offset: fc.constantFrom("", "Z", "+14:00", "-14:00", "+23:59", "-24:00", "+99:99"),
  })
  .map(({ year, day, time, offset }) => `${year}${day}${time}${offset}`);

const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom("2147483647", "2147483648", "9007199254740993", "-9223372036854775809", "1e400", "9".repeat(40)),
);

/** A cursor is base64url of what only the API should write. */
const cursor = fc
  .oneof(
    number,
    fc
      .tuple(number, fc.constantFrom("", "01a205a6-8330-7001-ab60-5b1c615bad59", "x"), number)
      .map((made) => made.join(" ")),
    fc.string({ unit: "binary-ascii", maxLength: 40 }),
  )
  .map((position) => btoa(position).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 40 }),
  instant,
  number,
  cursor,
  fc.constantFrom(
    "1",
    "0",
    "-1",
    "1e9",
    "null",
    "true",
    "10s",
    "1h",
    "2026-07-01T00:00:00Z",
    "team:a",
    "copy",
    "plain",
  ),
);

function valueOf(schema: z.output<typeof schemaShape>): fc.Arbitrary<string> {
  return fc.oneof(text, fc.constantFrom(...(schema.enum ?? ["FAILED"]), runId, "plain"));
}

/** Recipes that are almost right; what they hold is sent as it is, halves of surrogate pairs among it. */
const recipe = fc
  .record({
    name: fc.constantFrom("fuzzed", "fuzzed-2"),
    labels: fc.dictionary(fc.oneof(fc.constant("team"), text), fc.oneof(text, fc.jsonValue()), { maxKeys: 2 }),
    description: text,
    steps: fc
      .record({ id: fc.constant("one"), type: fc.constant("transform"), with: fc.jsonValue() })
      .map((step) => [step]),
  })
  .map((made) => JSON.stringify(made));

function bodyOf({ operationId, requestBody }: Operation): fc.Arbitrary<string | null> {
  const [media] = Object.values(requestBody?.content ?? {});
  if (media === undefined) return fc.constant(null);
  const known = Object.fromEntries(
    Object.entries(media.schema.properties ?? {}).map(([name, schema]) => [
      name,
      fc.oneof(fc.jsonValue(), valueOf(schemaShape.parse(schema)), fc.integer(), fc.constant([runId])),
    ]),
  );
  if (operationId === "saveWorkflow") return recipe;
  const shaped = fc.record(known, { requiredKeys: [] }).map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 4, arbitrary: shaped }, fc.json(), text, fc.constant(null));
}

function requestsOf(operation: Operation): fc.Arbitrary<FuzzedRequest> {
  const { method, path, parameters } = operation;
  const values = Object.fromEntries(
    parameters.map(({ name, in: place, schema }) => [
      `${place} ${name}`,
      place === "path" ? valueOf(schema) : fc.option(valueOf(schema), { freq: 2 }),
    ]),
  );
  return fc.record({ values: fc.record(values), body: bodyOf(operation) }).map((made) => {
    const given = Object.entries(made.values).flatMap(([key, value]) =>
      typeof value === "string" ? [{ place: key.split(" ")[0], name: key.split(" ")[1] ?? "", value }] : [],
    );
    const inPath = new Map(given.filter(({ place }) => place === "path").map(({ name, value }) => [name, value]));
    const query = given
      .filter(({ place, name }) => place === "query" && name !== "wait")
      .map(({ name, value }) => `${name}=${encode(value)}`);
    const headers = given
      .filter(({ place, name }) => place === "header" && name !== "Accept")
      .map(({ name, value }) => [name, encode(value).slice(0, 200)] as const);
    const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(inPath.get(name) ?? "x") || "x");
    return { method, path: `${target}?${query.join("&")}`, headers: Object.fromEntries(headers), body: made.body };
  });
}

/** Halves of surrogate pairs cannot be written in an address. */
function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

describe("whatever is sent to an operation of the OpenAPI document", () => {
  it("is answered, and never with a fault of ours", async () => {
    const faults: string[] = [];
    const { url, apiKey } = stack.stack.info;
    for (const operation of operations.filter(({ operationId }) => !LEFT_OUT.has(operationId))) {
      for (const request of fc.sample(requestsOf(operation), { numRuns: REQUESTS_PER_OPERATION, seed: SEED })) {
        const { method, path, headers, body } = request;
        const response = await fetch(`${url}${path}`, {
          method,
          headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
          signal: AbortSignal.timeout(10_000),
          ...(body === null || method === "GET" ? {} : { body }),
        });
        const answer = await response.text();
        if (response.status >= 500) faults.push(`${response.status} ${JSON.stringify(request)} ${answer}`);
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);
});
