/** One step of `npm test`: a script of package.json, as a check (it passes or fails) or as a suite of tests. */
export interface Stage {
  readonly kind: "check" | "suite";
  readonly script: string;
  readonly timeoutMs: number;
}

const MINUTE_MS = 60_000;

function check(script: string): Stage {
  return { kind: "check", script, timeoutMs: 3 * MINUTE_MS };
}

function suite(script: string, minutes: number): Stage {
  return { kind: "suite", script, timeoutMs: minutes * MINUTE_MS };
}

/** What needs no server, cheapest first. Two run at a time: they share nothing. */
export const CHECKS: readonly Stage[] = [
  check("format:check"),
  check("lint"),
  check("typecheck"),
  check("layers"),
  check("dead-code"),
  check("migrations:check"),
  check("openapi:check"),
  check("bundle"),
];

/** The tests, cheapest first. One runs at a time: they measure time and start servers. */
export const SUITES: readonly Stage[] = [
  suite("test:unit", 6),
  suite("test:property", 6),
  suite("test:contract", 5),
  suite("test:integration", 9),
  suite("test:fault", 15),
  suite("test:browser", 7),
];
