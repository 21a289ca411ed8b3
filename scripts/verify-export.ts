import { readFileSync } from "node:fs";
import { verifyExport } from "./verify-export/verify-export.ts";

const USAGE = "usage: npm run verify-export -- FILE   (FILE: what GET /api/runs/{id}/export gave)";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const verdict = verifyExport(readFileSync(path, "utf8"));
if (verdict.ok) {
  console.log(`ok: ${verdict.events} events are as they were written; head ${verdict.head.hash}`);
} else {
  const where = "brokenAt" in verdict ? `broken at event ${verdict.brokenAt}: ` : "";
  console.error(`${where}${verdict.reason}`);
  process.exitCode = 1;
}
