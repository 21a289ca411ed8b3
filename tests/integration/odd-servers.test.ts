import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/domain/json.ts";
import { RawUpstream } from "../stack/raw-upstream.ts";
import type { RawLine, RawRequest } from "../stack/raw-upstream.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const stack = useStack();

let upstream: RawUpstream;
let answer: (request: RawRequest, line: RawLine) => void | Promise<void>;

beforeAll(async () => {
  upstream = await RawUpstream.start((request, line) => answer(request, line));
});
beforeEach(() => upstream.requests.splice(0));
afterAll(() => upstream.close());

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";
const GOOD = `${HEAD}content-length: 4\r\n\r\ngood`;
const POISON = `${HEAD}content-length: 6\r\n\r\npoison`;
const NO_RETRY = { attempts: 1 };

type Step = JsonObject & { readonly id: string };

function step(id: string, path: string, more: JsonObject = {}): Step {
  return { id, type: "http", retry: NO_RETRY, with: { url: `${upstream.url}${path}`, ...more } };
}

/** Runs a recipe of these steps to its end and gives what each of them came to. */
async function runSteps(name: string, steps: readonly Step[]): Promise<readonly Json[]> {
  await stack.api.save({ name, steps: [...steps] });
  const run = await stack.api.runToEnd(name);
  await expectSoundRuns(stack, [run.id]);
  const details = await Promise.all(steps.map(({ id }) => stack.api.step(run.id, id)));
  return details.map(({ output, error }) => output ?? error ?? null) as readonly Json[];
}

describe("an answer never reaches another call", () => {
  it.each([
    ["a-204-with-a-body", "DELETE", "HTTP/1.1 204 No Content\r\ncontent-length: 95\r\n\r\n"],
    ["a-head-with-a-body", "HEAD", `${HEAD}content-length: ${POISON.length}\r\n\r\n`],
    ["more-than-announced", "GET", `${HEAD}content-length: 2\r\n\r\nok`],
  ])("%s", async (name, method, first) => {
    answer = async (request, line) => {
      await line.send(request.path === "/bad" ? first : GOOD);
      if (request.path === "/bad") setTimeout(() => void line.send(POISON), 1);
    };
    const outputs = await runSteps(name, [
      step("bad", "/bad", { method }),
      step("get", "/get"),
      step("post", "/post", { method: "POST", body: { a: 1 } }),
      step("last", "/last"),
    ]);
    expect(outputs.slice(1)).toMatchObject([{ body: "good" }, { body: "good" }, { body: "good" }]);
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/bad", "/get", "/post", "/last"]);
  });
});

describe("the answers of odd servers", () => {
  it("are not taken for the answer while they are interim", async () => {
    answer = async (request, line) => {
      await line.send(`HTTP/1.1 ${request.path.slice(1)} Wait\r\nlink: </a>\r\n\r\n`);
      await line.send(GOOD);
    };
    const outputs = await runSteps("interim", [
      step("a", "/100"),
      step("b", "/102"),
      step("c", "/103"),
      step("d", "/103"),
    ]);
    expect(outputs).toMatchObject(Array.from({ length: 4 }, () => ({ status: 200, body: "good" })));
  });

  it("are decoded in the Worker, whatever their coding is and how it is spelled", async () => {
    const text = "h\u00e9llo ".repeat(50);
    const coded: Readonly<Record<string, readonly [string, Uint8Array]>> = {
      gzip: ["gzip", gzipSync(text)],
      capitals: ["GZIP", gzipSync(text)],
      xGzip: ["x-gzip", gzipSync(text)],
      deflate: ["deflate", deflateSync(text)],
      raw: ["deflate", deflateRawSync(text)],
      brotli: ["br", brotliCompressSync(text)],
      zstd: ["zstd", zstdCompressSync(text)],
      twice: ["gzip, br", brotliCompressSync(gzipSync(text))],
    };
    answer = async (request, line) => {
      const [coding = "", body = new Uint8Array()] = coded[request.path.slice(1)] ?? [];
      await line.send(`${HEAD}content-encoding: ${coding}\r\ncontent-length: ${body.length}\r\n\r\n`);
      await line.send(body);
    };
    const outputs = await runSteps(
      "codings",
      Object.keys(coded).map((name) => step(name, `/${name}`)),
    );
    expect(outputs).toMatchObject(Object.keys(coded).map(() => ({ body: text })));
  });

  it("end at the limit of responses when they are bombs, with a reason when nobody knows their coding, empty when they are", async () => {
    const coded: Readonly<Record<string, readonly [string, Uint8Array]>> = {
      gzip: ["gzip", gzipSync(Buffer.alloc(50_000_000))],
      brotli: ["br", brotliCompressSync(Buffer.alloc(50_000_000))],
      zstd: ["zstd", zstdCompressSync(Buffer.alloc(50_000_000))],
      broken: ["br", Buffer.from("no brotli")],
      unknown: ["compress", Buffer.from("x")],
      empty: ["gzip", new Uint8Array()],
    };
    answer = async (request, line) => {
      const [coding = "", body = new Uint8Array()] = coded[request.path.slice(1)] ?? [];
      await line.send(`${HEAD}content-encoding: ${coding}\r\ncontent-length: ${body.length}\r\n\r\n`);
      await line.send(body);
    };
    const steps = Object.keys(coded).map((name) => ({
      ...step(name, `/${name}`, { method: "POST" }),
      needs: [],
      onError: "continue",
    }));
    const tooLarge = { code: "response_too_large" };
    expect(await runSteps("bombs", steps)).toMatchObject([
      tooLarge,
      tooLarge,
      tooLarge,
      { code: "network_error", message: expect.stringContaining("br") },
      { code: "response_not_decoded", message: expect.stringContaining("`compress`") },
      { status: 200, body: null },
    ]);
    expect(upstream.requests).toHaveLength(6);
  });

  it("have headers beyond ASCII, in both directions", async () => {
    answer = (_, line) => line.send("HTTP/1.1 204 No Content\r\nx-city: K\xF6ln\r\n\r\n");
    const outputs = await runSteps("latin", [step("a", "/", { headers: { "x-city": "M\u00fcnchen" } })]);
    expect(outputs).toMatchObject([{ headers: { "x-city": "K\u00f6ln" } }]);
    expect(upstream.requests[0]?.head).toContain("x-city: M\u00fcnchen");
  });

  it("fail with the reason when they are none", async () => {
    answer = async (_, line) => {
      await line.send("220 mail.example.com ESMTP\r\n");
    };
    const [error] = await runSteps("no-http", [{ ...step("a", "/"), onError: "continue" }]);
    expect(error).toMatchObject({ code: "network_error", message: expect.stringContaining('it began with "220 mail') });
  });
});

describe("a call that is given up", () => {
  it("ends at the server when the step's time is over", async () => {
    answer = () => undefined;
    const before = upstream.openCount;
    const [error] = await runSteps("timeout", [{ ...step("a", "/"), timeout: "200ms", onError: "continue" }]);
    expect(error).toMatchObject({ code: "timeout" });
    await waitUntil(() => (upstream.openCount <= before ? true : null), { until: "the connection is closed" });
  });
});
