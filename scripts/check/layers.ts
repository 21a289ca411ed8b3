import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..", "..");
const FOLDERS = ["src", "tests", "scripts", "dashboard"];
const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

const Report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
type Summary = z.infer<typeof Report>["summary"];

// A tool that reads nothing finds nothing: so it must find, each time, what is wrong in a small tree made for it.
const PLANTED: readonly { readonly rules: readonly string[]; readonly path: string; readonly text: string }[] = [
  { rules: [], path: "src/adapters/clock.ts", text: "export interface Clock {\n  readonly now: Date;\n}\n" },
  {
    rules: ["domain-is-pure", "one-composition"],
    path: "src/domain/run.ts",
    text: 'import type { Clock } from "../adapters/clock.ts";\nexport type Run = Clock;\n',
  },
  { rules: [], path: "src/composition/shard.ts", text: "export const compose = (): number => 1;\n" },
  {
    rules: ["shard-drives-the-ledger", "parts-are-given"],
    path: "src/shard/shard.ts",
    text: 'import { compose } from "../composition/shard.ts";\nexport const parts = compose();\n',
  },
  {
    rules: ["no-circular"],
    path: "src/ledger/line.ts",
    text: 'import type { Place } from "./place.ts";\nexport interface Line {\n  readonly first: Place;\n}\n',
  },
  {
    rules: [],
    path: "src/ledger/place.ts",
    text: 'import type { Line } from "./line.ts";\nexport interface Place {\n  readonly line: Line;\n}\n',
  },
  { rules: [], path: "src/steps/http/define.ts", text: "export const HTTP = 1;\n" },
  {
    rules: ["types-do-not-know-each-other"],
    path: "src/steps/wait/define.ts",
    text: 'export { HTTP } from "../http/define.ts";\n',
  },
  {
    rules: ["types-are-asked-by-the-registry"],
    path: "src/recipe/compile.ts",
    text: 'export { HTTP } from "../steps/http/define.ts";\n',
  },
];

const problems = [...checkPlanted(), ...checkSource()];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkSource(): readonly string[] {
  const { totalCruised, violations } = cruise(ROOT, FOLDERS);
  console.log(`${totalCruised} modules, ${violations.length} violations`);
  if (totalCruised === 0) return ["dependency-cruiser read no module: its parser does not read this TypeScript"];
  return violations.map(
    ({ from, to, rule }) => `${rule.name}: ${from} -> ${to} (the rules are in .dependency-cruiser.cjs)`,
  );
}

function checkPlanted(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "baton-layers-"));
  try {
    for (const { path, text } of PLANTED) plant(folder, path, text);
    const found = cruise(folder, ["src"]).violations;
    return PLANTED.flatMap(({ rules, path }) =>
      rules
        .filter((name) => !found.some(({ rule, from }) => rule.name === name && from === path))
        .map((name) => `the rule ${name} does not find what is wrong in the planted ${path}`),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plant(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function cruise(cwd: string, folders: readonly string[]): Summary {
  const config = join(ROOT, ".dependency-cruiser.cjs");
  const args = ["--config", config, "--output-type", "json", ...folders];
  const bin = join(ROOT, "node_modules", ".bin", "depcruise");
  const result = spawnSync(bin, args, { cwd, encoding: "utf8", timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX });
  if (result.error !== undefined) throw result.error;
  if (result.stdout === "") throw new Error(`dependency-cruiser failed: ${result.stderr}`);
  return Report.parse(JSON.parse(result.stdout)).summary;
}
