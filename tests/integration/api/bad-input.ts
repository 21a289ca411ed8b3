import { BODY_DEPTH_MAX } from "../../../src/language/json-text.ts";
import { BAD_VALUES } from "./bad-values.ts";

/** A request that must be refused. */
export interface BadRequest {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  /** Statuses that are right for it. */
  readonly statuses: readonly number[];
  /** Sent as it is; JSON unless the headers say otherwise. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

const RUN = "/api/runs/01a205a6-8330-7001-ab60-5b1c615bad59";
const START = "/api/workflows/plain/runs";
const JSON_TYPE = { "content-type": "application/json" };

/** Bodies that are no JSON, or JSON that cannot be stored as it was sent. */
const UNREADABLE: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
  ["half an object", "{"],
  ["a trailing comma", '{"input":1,}'],
  ["a comment", '{"input":1/*x*/}'],
  ["single quotes", "{'input':1}"],
  ["a bare word", "hello"],
  ["two values", "{} {}"],
  ["NaN", '{"input":NaN}'],
  ["a hexadecimal number", '{"input":0x10}'],
  ["a number with a leading zero", '{"input":010}'],
  ["a byte order mark in the middle", '{"input":\ufeff1}'],
  ["a control character in a string", '{"input":"a\u0001b"}'],
  ["a bad escape", String.raw`{"input":"\x41"}`],
  ["a NUL character", String.raw`{"input":"\u0000"}`],
  ["a NUL character in a name", String.raw`{"input":{"\u0000":1}}`],
  ["half of a surrogate pair", String.raw`{"input":"\ud800"}`],
  ["the other half", String.raw`{"input":"\udc00"}`],
  ["a name twice", '{"input":1,"input":2}'],
  ["a name twice, deep down", '{"input":{"a":{"b":1,"b":2}}}'],
  ["__proto__", '{"__proto__":{}}'],
  ["__proto__ as a label", '{"labels":{"__proto__":"x"}}'],
  ["a number that is infinite", '{"input":1e999}'],
  ["a whole number beyond 2^53", '{"input":9007199254740993}'],
  ["a whole number of 400 digits", `{"input":${"9".repeat(400)}}`],
  ["too many lists in lists", `{"input":${"[".repeat(BODY_DEPTH_MAX)}${"]".repeat(BODY_DEPTH_MAX)}}`],
  ["ten thousand open brackets", "[".repeat(10_000)],
  ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ["an overlong encoding", new Uint8Array([0x22, 0xc0, 0x80, 0x22])],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
];

/** Calls that take a JSON body. */
const BODY_CALLS: readonly (readonly [string, string])[] = [
  ["start", START],
  ["cancel", `${RUN}/cancel`],
  ["retry", `${RUN}/retry`],
  ["rerun", `${RUN}/rerun`],
  ["bulk", "/api/runs/bulk"],
  ["key", "/api/keys"],
];

const SHAPES: readonly (readonly [string, string, string])[] = [
  ...[
    "[]",
    "1",
    '"x"',
    "null",
    "true",
    '{"inputs":1}',
    '{"input":1,"x":2}',
    '{"version":0}',
    '{"version":-1}',
    '{"version":2147483648}',
  ].map((body) => ["start", START, body] as const),
  ...['{"version":1.5}', '{"version":"1"}', '{"version":null}', '{"labels":[]}', '{"labels":{"a":1}}'].map(
    (body) => ["start", START, body] as const,
  ),
  ...['{"labels":{"":"x"}}', '{"labels":{"a b":"x"}}', '{"labels":{"a":null}}', '{"labels":"a"}'].map(
    (body) => ["start", START, body] as const,
  ),
  ["start with a long label", START, JSON.stringify({ labels: { a: "x".repeat(257) } })],
  ["start with a long label name", START, JSON.stringify({ labels: { ["a".repeat(64)]: "x" } })],
  [
    "start with many labels",
    START,
    JSON.stringify({ labels: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${index}`, "x"])) }),
  ],
  ...['{"reason":1}', '{"reason":null}', '{"why":"x"}', '{"undo":"maybe"}', "[]", '"x"'].map(
    (body) => ["cancel", `${RUN}/cancel`, body] as const,
  ),
  ["cancel with a long reason", `${RUN}/cancel`, JSON.stringify({ reason: "x".repeat(501) })],
  ...['{"reason":1}', '{"reson":"x"}', "[]", "0"].map((body) => ["pause", `${RUN}/pause`, body] as const),
  ...['{"reason":"x"}', '{"x":1}', "[]"].map((body) => ["resume", `${RUN}/resume`, body] as const),
  ...['{"from":1}', '{"from":null}', '{"step":"x"}', "[]", '{"from":["a"]}'].map(
    (body) => ["retry", `${RUN}/retry`, body] as const,
  ),
  ...['{"inputs":1}', '{"version":1}', "[]", "7"].map((body) => ["rerun", `${RUN}/rerun`, body] as const),
  ...[
    "{}",
    '{"action":"cancel"}',
    '{"action":"cancel","expectedCount":0}',
    '{"action":"delete","ids":[],"expectedCount":0}',
    '{"action":"cancel","ids":[],"expectedCount":0}',
    '{"action":"cancel","ids":["x"],"expectedCount":1}',
    '{"action":"cancel","ids":"x","expectedCount":1}',
    '{"action":"cancel","filter":{"statuz":["FAILED"]},"expectedCount":1}',
    '{"action":"cancel","filter":{"status":"FAILED"},"expectedCount":1}',
    '{"action":"cancel","filter":{"status":["DONE"]},"expectedCount":1}',
    '{"action":"cancel","filter":{"label":["x"]},"expectedCount":1}',
    '{"action":"cancel","filter":{"from":"yesterday"},"expectedCount":1}',
    '{"action":"cancel","filter":{"from":"0000-01-01"},"expectedCount":1}',
    '{"action":"cancel","filter":{"to":"9999-12-31T23:59:59-14:00"},"expectedCount":1}',
    '{"action":"cancel","filter":{},"expectedCount":-1}',
    '{"action":"cancel","filter":{},"expectedCount":"all"}',
    '{"action":"cancel","filter":{},"ids":["01a205a6-8330-7001-ab60-5b1c615bad59"],"expectedCount":1}',
  ].map((body) => ["bulk", "/api/runs/bulk", body] as const),
  ...[
    "{}",
    '{"name":"x"}',
    '{"role":"viewer"}',
    '{"name":"x","role":"root"}',
    '{"name":"X","role":"viewer"}',
    '{"name":"","role":"viewer"}',
    '{"name":"a b","role":"viewer"}',
    '{"name":"bootstrap","role":"viewer"}',
    '{"name":1,"role":"viewer"}',
    '{"name":"x","role":"viewer","key":"mine"}',
  ].map((body) => ["key", "/api/keys", body] as const),
];

const QUERY_CALLS: readonly (readonly [string, string, readonly (keyof typeof BAD_VALUES)[]])[] = [
  ["GET", "/api/runs", ["limit", "cursor", "status", "label", "q", "from", "to", "workflow"]],
  ["GET", "/api/workflows", ["limit", "cursor"]],
  ["GET", "/api/workflows/plain/versions", ["limit", "cursor"]],
  ["GET", `${RUN}/events`, ["limit", "after"]],
  ["GET", "/api/audit", ["limit", "cursor", "from", "to", "workflow", "type"]],
  ["GET", "/api/audit/operators", ["limit", "cursor"]],
  ["GET", "/api/stats", ["window"]],
  ["POST", START, ["wait"]],
];

const BAD_IDS = [
  "x",
  "1",
  "bulk",
  "%00",
  "..",
  "%2e%2e%2f",
  "01a205a6-8330-7001-ab60-5b1c615bad5",
  "01a205a6-8330-7001-ab60-5b1c615bad5g",
  "01A205A6-8330-7001-AB60-5B1C615BAD59",
  "01a205a6-8330-4001-ab60-5b1c615bad59",
  "%F0%9F%A6%8A",
  "%ff",
  "'; drop table runs; --",
  "01a205a6-8330-7001-ab60-5b1c615bad59 ",
  "x".repeat(3000),
];

const RECIPES: readonly (readonly [string, string, string])[] = [
  ["nothing", "application/json", ""],
  ["a list", "application/json", "[]"],
  ["an empty object", "application/json", "{}"],
  ["no steps", "application/json", '{"name":"a","steps":[]}'],
  ["a NUL character", "application/json", String.raw`{"name":"a\u0000","steps":[]}`],
  ["half of a surrogate pair", "application/json", String.raw`{"name":"a","description":"\ud800","steps":[]}`],
  ["a name twice", "application/json", '{"name":"a","name":"b","steps":[]}'],
  ["an alias bomb", "application/yaml", `a: &a [x]\n${"b: &b [*a,*a,*a,*a]\n".repeat(3)}`],
  ["a tab for indentation", "application/yaml", "name: a\n\tsteps: []"],
  ["a tag", "application/yaml", "name: !!js/function 'x'\nsteps: []"],
  ["two documents", "application/yaml", "name: a\n---\nname: b"],
  ["a cycle", "application/json", '{"name":"a","steps":[{"id":"x","needs":["x"],"type":"transform","with":1}]}'],
  ["an unknown step type", "application/json", '{"name":"a","steps":[{"id":"x","type":"shell","with":"rm"}]}'],
  ["an unknown field", "application/json", '{"name":"a","stepz":[]}'],
  ["a thousand levels", "application/json", `${"[".repeat(1000)}${"]".repeat(1000)}`],
];

/** Every request of the corpus. */
export const BAD_REQUESTS: readonly BadRequest[] = [
  ...BODY_CALLS.flatMap(([what, path]) =>
    UNREADABLE.map(([fault, body]) => ({
      what: `${what} with ${fault}`,
      method: "POST",
      path,
      body,
      headers: JSON_TYPE,
      statuses: [400],
    })),
  ),
  ...SHAPES.map(([what, path, body]) => ({
    what: `${what} with ${body.slice(0, 80)}`,
    method: "POST",
    path,
    body,
    headers: JSON_TYPE,
    statuses: [400],
  })),
  ...QUERY_CALLS.flatMap(([method, path, names]) =>
    names.flatMap((name) =>
      BAD_VALUES[name].map((value) => ({
        what: `${method} ${path} ${name}=${value.slice(0, 30)}`,
        method,
        path: `${path}?${name}=${value}`,
        statuses: [400],
      })),
    ),
  ),
  ...BAD_IDS.flatMap((id) =>
    ["", "/events", "/verify"].map((rest) => ({
      what: `run id ${id.slice(0, 40)}${rest}`,
      method: "GET",
      path: `/api/runs/${id}${rest}`,
      statuses: [400, 404],
    })),
  ),
  ...RECIPES.map(([fault, type, body]) => ({
    what: `a recipe with ${fault}`,
    method: "POST",
    path: "/api/workflows",
    body,
    headers: { "content-type": type },
    statuses: [400, 422],
  })),
  ...["text/plain", "application/xml", "multipart/form-data", "", "application/jsonp", "json"].flatMap((type) =>
    ["/api/workflows", START, "/api/keys"].map((path) => ({
      what: `${path} as ${type || "nothing"}`,
      method: "POST",
      path,
      body: "{}",
      headers: { "content-type": type },
      statuses: [415],
    })),
  ),
  ...["PUT", "PATCH", "DELETE"].flatMap((method) =>
    ["/api/runs", START, `${RUN}/cancel`, "/api/stats", "/api/health"].map((path) => ({
      what: `${method} ${path}`,
      method,
      path,
      statuses: [405],
    })),
  ),
  ...["/api", "/api/", "/api/nope", "/api/runs/", "/api//runs", `${RUN}/nope`, "/api/workflows/plain/runs/x"].map(
    (path) => ({ what: `nothing at ${path}`, method: "GET", path, statuses: [404, 405] }),
  ),
  ...["/api/workflows", START, `${RUN}/cancel`, "/api/keys"].map((path) => ({
    what: `too much for ${path}`,
    method: "POST",
    path,
    body: JSON.stringify({ input: "x".repeat(300 * 1024) }),
    headers: JSON_TYPE,
    statuses: [413],
  })),
  ...["", "k".repeat(256), "schlüssel", "a\tb"].map((key) => ({
    what: `an idempotency key of ${key.length} characters`,
    method: "POST",
    path: START,
    headers: { "idempotency-key": encodeURI(key) === key ? key : "\u00fc" },
    statuses: [400],
  })),
];
