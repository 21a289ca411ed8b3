import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawUpstream } from "../stack/raw-upstream.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack({ workerVars: { OUTBOUND_URL: "" } });

const TEXT = "h\u00e9llo ".repeat(50);
const EMPTY = new Uint8Array();

const CODED: Readonly<Record<string, readonly [coding: string, body: Uint8Array, text: string | null]>> = {
  gzip: ["gzip", gzipSync(TEXT), TEXT],
  capitals: ["GZIP", gzipSync(TEXT), TEXT],
  deflate: ["deflate", deflateSync(TEXT), TEXT],
  zstd: ["zstd", zstdCompressSync(TEXT), TEXT],
  twice: ["gzip, deflate", deflateSync(gzipSync(TEXT)), TEXT],
  empty: ["gzip", EMPTY, null],
};

let upstream: RawUpstream;

beforeAll(async () => {
  upstream = await RawUpstream.start(async ({ path }, line) => {
    const [coding = "", body = EMPTY] = CODED[path.slice(1)] ?? [];
    await line.send(`HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n`);
    await line.send(`content-encoding: ${coding}\r\ncontent-length: ${body.length}\r\n\r\n`);
    await line.send(body);
    line.end();
  });
});
afterAll(() => upstream.close());

describe("without an outbound client the runtime makes the calls", () => {
  it("and the Worker undoes each coding once, whether the runtime has done it or not", async () => {
    const steps = Object.keys(CODED).map((id) => ({
      id,
      type: "http",
      retry: { attempts: 1 },
      with: { url: `${upstream.url}/${id}`, method: "POST", body: {} },
    }));
    await stack.api.save({ name: "codings", steps });
    const run = await stack.api.runToEnd("codings");
    const details = await Promise.all(steps.map(({ id }) => stack.api.step(run.id, id)));
    expect(details.map(({ output }) => output)).toMatchObject(Object.values(CODED).map(([, , body]) => ({ body })));
    expect(upstream.requests).toHaveLength(steps.length);
  });
});
