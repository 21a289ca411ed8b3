import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { OPERATIONS } from "../../../src/api/operations.ts";
import { buildOpenApiDocument } from "../../../src/api/reference/openapi-document.ts";
import { CLIENT_PROGRAMS } from "./clients.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
// Below the root, so that the clients find what they import.
const OUT = join(ROOT, ".baton", "openapi-check");
const TOOL_MS_MAX = 60_000;

/** Tools of this workspace first: the one TypeScript is not the other. */
const TOOL_PATHS = [join(import.meta.dirname, "node_modules", ".bin"), join(ROOT, "node_modules", ".bin")];

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: "es2022",
    lib: ["es2023", "dom"],
    module: "esnext",
    moduleResolution: "bundler",
    types: [],
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  include: ["*.ts"],
};

const COMMANDS = [
  `node ${join(import.meta.dirname, "spectral.mjs")} openapi.json`,
  "redocly lint --extends=recommended --max-problems=1000 openapi.json",
  "openapi-typescript openapi.json -o openapi-typescript.ts",
  "oazapfts openapi.json oazapfts.ts",
  `${join(ROOT, "node_modules", ".bin", "tsc")} -p .`,
];

process.exitCode = main();

/** Lints the OpenAPI document with two linters, makes clients of it with two generators, and compiles them. */
function main(): number {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  // Through text, as clients get it: what JSON leaves out is not there.
  const text = JSON.stringify(buildOpenApiDocument(OPERATIONS.map(({ operation }) => operation)), null, 2);
  writeFileSync(join(OUT, "openapi.json"), text);
  writeFileSync(join(OUT, "tsconfig.json"), JSON.stringify(TSCONFIG));
  for (const { file, text: program } of CLIENT_PROGRAMS) writeFileSync(join(OUT, file), program);
  const failures = COMMANDS.filter(fails);
  console.log(failures.length === 0 ? "openapi: two linters and two strict clients are content" : failures.join("\n"));
  return failures.length === 0 ? 0 : 1;
}

function fails(line: string): boolean {
  const result = spawnSync(line, {
    cwd: OUT,
    shell: true,
    stdio: "inherit",
    timeout: TOOL_MS_MAX,
    env: {
      ...process.env,
      PATH: [...TOOL_PATHS, process.env["PATH"] ?? ""].join(delimiter),
      // Nothing here calls home.
      REDOCLY_TELEMETRY: "off",
      REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
      DO_NOT_TRACK: "1",
    },
  });
  return result.error !== undefined || result.status !== 0;
}
