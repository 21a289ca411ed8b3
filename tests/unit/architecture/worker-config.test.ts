import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";
import { readDocument, readTable } from "../docs/documents.ts";

/** What the expressions of one attempt may take together, in ms: its `if` and its `with`, each at its bounds. */
const EXPRESSIONS_CPU_MS_MAX = 2 * 200;

/** How much slower than the machine of the measurement a machine may be, and how much else a call does. */
const RESERVE = 10;

describe("wrangler.toml", () => {
  const config = unstable_readConfig({ config: join(import.meta.dirname, "..", "..", "..", "wrangler.toml") });

  it("gives a call CPU for what it may do, and ends one that loops before its lease ends", () => {
    const cpuMs = config.limits?.cpu_ms ?? 0;
    expect(cpuMs).toBeGreaterThan(EXPRESSIONS_CPU_MS_MAX * RESERVE);
    const variables = readTable(readDocument("docs/operations.md"), "## Variables of the Worker");
    const [, leaseMs] = variables.find(([name]) => name === "`LEASE_MS`") ?? [];
    expect(cpuMs).toBeLessThan(Number(leaseMs));
  });
});
