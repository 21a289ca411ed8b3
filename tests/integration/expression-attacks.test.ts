import { describe, expect, it } from "vitest";
import { fastestOf } from "../stack/fastest-of.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

/** Private addresses are refused here, as in a deployment. */
const stack = useStack({ workerVars: { ALLOW_PRIVATE_ADDRESSES: "0" } });

const ATTACKS = [
  ["endless tail recursion", "($f := function($n) { $f($n + 1) }; $f(0))"],
  ["endless recursion", "($f := function($n) { 1 + $f($n) }; $f(0))"],
  ["an endless range", "[1..9999999]"],
  ["a regular expression that backtracks", '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)'],
  ["a text that doubles", '($f := function($s) { $f($s & $s) }; $f("x"))'],
  ["a padded text", '$pad("x", 500000000)'],
  ["a nested map", "$map([1..1000], function($a) { $map([1..1000], function($b) { $a * $b }) })"],
] as const;

const EXECUTION_MS_MAX = 300;

describe("expressions that want everything", () => {
  it.each(ATTACKS)("%s ends within 300 ms, and the next run works", async (title, source) => {
    const name = title.toLowerCase().replaceAll(/[^a-z]+/g, "-");
    await stack.api.save({
      name,
      steps: [{ id: "attack", type: "transform", with: { value: `\${{ ${source} }}` } }],
    });
    await stack.api.save({ name: "harmless", steps: [{ id: "sum", type: "transform", with: "${{ 20 + 22 }}" }] });
    const ids: string[] = [];
    const fastestMs = await fastestOf(async () => {
      const run = await stack.api.runToEnd(name);
      expect(run).toSatisfy(isBounded);
      expect(run.attempts).toBe(1);
      const next = await stack.api.runToEnd("harmless");
      expect(next).toMatchObject({ status: "COMPLETED", output: 42 });
      ids.push(run.id, next.id);
      return run.durationMs;
    }, EXECUTION_MS_MAX);
    expect(fastestMs).toBeLessThan(EXECUTION_MS_MAX);
    await expectSoundRuns(stack, ids);
  });
});

/** The linear-time engine may well answer the regular expression: that no text matches. All others are refused. */
function isBounded({
  status,
  error,
  workflow,
}: {
  status: string;
  error: { code: string } | null;
  workflow: string;
}): boolean {
  if (workflow.startsWith("a-regular")) return status === "COMPLETED";
  return status === "FAILED" && (error?.code.startsWith("expression_") ?? false);
}

describe("the private-address guard", () => {
  it.each(["http://127.0.0.1:80/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://localhost/"])(
    "a step that calls %s fails without a call and without a retry",
    async (url) => {
      const name = `private-${Buffer.from(url).toString("hex").slice(0, 50)}`;
      await stack.api.save({ name, steps: [{ id: "call", type: "http", with: { url } }] });
      const run = await stack.api.runToEnd(name);
      expect(run).toMatchObject({ status: "FAILED", attempts: 1, error: { code: "address_refused" } });
      await expectSoundRuns(stack, [run.id]);
    },
  );
});
