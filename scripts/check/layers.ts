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
/** Rules that a small tree breaks: by a type-only import from the domain to an adapter, and by reaching into step types. */
const PLANTED = [
  "domain-is-pure",
  "one-composition",
  "types-are-asked-by-the-registry",
  "types-do-not-know-each-other",
];

type Summary = z.infer<typeof Report>["summary"];

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

// A tool that reads nothing finds nothing: so it must find, each time, what is wrong in a small tree made for it.
function checkPlanted(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "baton-layers-"));
  try {
    plant(folder, "src/adapters/clock.ts", "export interface Clock {\n  readonly now: Date;\n}\n");
    plant(
      folder,
      "src/domain/run.ts",
      'import type { Clock } from "../adapters/clock.ts";\nexport type Run = Clock;\n',
    );
    plant(folder, "src/steps/http/define.ts", "export const HTTP = 1;\n");
    plant(folder, "src/steps/wait/define.ts", 'export { HTTP } from "../http/define.ts";\n');
    plant(folder, "src/recipe/compile.ts", 'export { HTTP } from "../steps/http/define.ts";\n');
    const found = new Set(cruise(folder, ["src"]).violations.map(({ rule }) => rule.name));
    const missed = PLANTED.filter((name) => !found.has(name));
    return missed.map((name) => `the rule ${name} does not find the import that was planted against it`);
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
