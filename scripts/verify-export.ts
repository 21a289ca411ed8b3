import { readFileSync } from "node:fs";
import { verifyExport } from "./verify-export/verify-export.ts";

const USAGE = "usage: npm run verify-export -- FILE   (FILE: what GET /api/runs/{id}/export gave)";
const EXIT_BROKEN = 1;
const EXIT_USAGE = 2;

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it may not be read by this user",
};

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const [path, ...more] = args;
  if (path === undefined || more.length > 0) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const text = readText(path);
  if (text === null) {
    return EXIT_USAGE;
  }
  const verdict = verifyExport(text);
  if (verdict.ok) {
    console.log(`ok: ${verdict.events} events are as they were written; head ${verdict.head.hash}`);
    return 0;
  }
  const where = "brokenAt" in verdict ? `broken at event ${verdict.brokenAt}: ` : "";
  console.error(`${where}${verdict.reason}`);
  return EXIT_BROKEN;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = READ_ERRORS[code] ?? (error instanceof Error ? error.message : String(error));
    console.error(`${path} cannot be checked: ${reason}.\n${USAGE}`);
    return null;
  }
}
