import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const STEPS = 400;
const OUTPUT_BYTES = 900_000;
const ENDED_WITHIN_MS = 240_000;

const stack = useStack();

/** Text that PostgreSQL cannot compress, so that writing it takes as long as it does for real data. */
const BODY = JSON.stringify(randomBytes(OUTPUT_BYTES).toString("base64").slice(0, OUTPUT_BYTES));

/** Answers every call with a body of nearly 1 MiB, past the demo API: these calls are not counted. */
const upstream = createServer((_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(BODY);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    upstream.listen(0, "127.0.0.1", resolve);
  });
});

afterAll(() => {
  upstream.close();
});

function upstreamUrl(): string {
  return `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
}

describe("400 parallel steps with outputs of 900 KB", () => {
  it(
    "more is reported at once than a shard can hold: reports wait in line, their attempts keep their leases, and no more are begun than there is room for",
    { timeout: ENDED_WITHIN_MS + 30_000 },
    async () => {
      await stack.api.save({
        name: "large",
        steps: Array.from({ length: STEPS }, (_, index) => ({
          id: `call_${index}`,
          needs: [],
          type: "http",
          with: { url: upstreamUrl() },
        })),
      });
      const { id } = await stack.api.start("large");
      await stack.untilEnded([id], ENDED_WITHIN_MS);
      const [stored] = await expectSoundRuns(stack, [id]);
      expect(stored?.run.status).toBe("COMPLETED");
      expect(stored?.steps.map(({ attempt }) => attempt)).toEqual(Array.from({ length: STEPS }, () => 1));
    },
  );
});
