import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FAULT_PLAN } from "./fault-plan.ts";

it("every crash window has a test", () => {
  const folder = import.meta.dirname;
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const untested = FAULT_PLAN.filter(({ window }) => !tests.includes(`it("${window}`));
  expect(untested).toEqual([]);
});
