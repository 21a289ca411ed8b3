import { createServer, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../src/domain/json.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

/** The paths that were called. */
const called: string[] = [];

const ANSWERS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["/order", ["application/json", '{"id":9007199254740993,"v":1e400,"__proto__":{"a":1}}']],
  ["/cafe", ["text/csv; charset=ISO-8859-1", "caf\xe9"]],
  ["/broken", ["text/csv", "caf\xe9"]],
]);

function answer(path: string, response: ServerResponse): void {
  const [type, body] = ANSWERS.get(path) ?? ["application/json", "{}"];
  called.push(path);
  response.setHeader("content-type", type);
  response.end(Buffer.from(body, "latin1"));
}

const upstream = createServer((request, response) => answer(request.url ?? "", response));

let origin = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const address = upstream.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});

afterAll(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

describe("values on their way through a run", () => {
  it("an id beyond a double is the same in the output, in the log and in the next call", async () => {
    await stack.api.save({
      name: "large-ids",
      steps: [
        { id: "order", type: "http", with: { url: `${origin}/order` } },
        { id: "next", type: "http", with: { url: `${origin}/orders/\${{ steps.order.body.id }}` } },
      ],
      output: "${{ steps.order.body }}",
    });
    const run = await stack.api.runToEnd("large-ids");
    const body = '{"id":"9007199254740993","v":"1e400","__proto__":{"a":1}}';
    expect(run.status).toBe("COMPLETED");
    expect(run.output).toEqual(JSON.parse(body));
    expect(called).toContain("/orders/9007199254740993");
    await expectSoundRuns(stack, [run.id]);
  });

  it("text is decoded in the charset that it names, and fails the step when it names none", async () => {
    const steps = ["cafe", "broken"].map((id) => ({
      id,
      needs: [],
      type: "http",
      onError: "continue",
      with: { url: `${origin}/${id}` },
    }));
    await stack.api.save({
      name: "charsets",
      steps,
      output: { cafe: "${{ steps.cafe.body }}", broken: "${{ errors.broken.code }}" },
    });
    const run = await stack.api.runToEnd("charsets");
    expect(run).toMatchObject({ status: "COMPLETED", output: { cafe: "café", broken: "response_not_text" } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("an input keeps members of any name", async () => {
    await stack.api.save({
      name: "any-names",
      input: { type: "object", properties: { constructor: { type: "object" } } },
      steps: [{ id: "pass", type: "transform", with: "${{ input }}" }],
    });
    const input: Json = JSON.parse('{"__proto__":{"a":1},"constructor":{"b":2},"toString":"x"}');
    const run = await stack.api.runToEnd("any-names", input);
    expect(run.status).toBe("COMPLETED");
    expect(run.output).toEqual(input);
    expect(Object.keys(Object(run.output)).toSorted()).toEqual(["__proto__", "constructor", "toString"]);
    await expectSoundRuns(stack, [run.id]);
  });

  it("a recipe with a number that would be changed is refused where it stands", async () => {
    const { url, apiKey } = stack.stack.info;
    const response = await fetch(`${url}/api/workflows`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/yaml" },
      body: "name: a\nsteps:\n  - { id: x, type: transform, with: 9007199254740993 }\n",
    });
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { issues: [{ path: "/steps/0/with", line: 3, column: 37, hint: 'put it in quotes: "9007199254740993"' }] },
    ]);
  });
});
