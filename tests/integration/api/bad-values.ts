/** Cursors as the API writes them, of positions that no row can have. */
const MADE_UP_CURSORS = [
  "-1",
  "1.5",
  "1e9",
  "2147483648",
  "999999999999999",
  "9".repeat(30),
  "NaN",
  "a\0b",
  "-1 01a205a6-8330-7001-ab60-5b1c615bad59 1",
  "999999999999999 01a205a6-8330-7001-ab60-5b1c615bad59 1",
  "1 01a205a6-8330-7001-ab60-5b1c615bad59 9999999999",
  "1 01a205a6-8330-4001-ab60-5b1c615bad59 1",
  "00000000-0000-0000-0000-000000000000",
].map((position) => btoa(position).replaceAll("=", ""));

/** Texts that name no instant, or one that PostgreSQL cannot hold or the API cannot write. */
const BAD_INSTANTS = [
  "yesterday",
  "2026",
  "2026-13-01",
  "2026-07-01T12:00",
  "1751371200",
  "",
  "2026-02-30T99:00:00Z",
  "2026-02-30",
  "2025-02-29T00:00:00Z",
  "2026-06-30T23:59:60Z",
  "2026-01-01T00:00:00%2B24:00",
  "2026-01-01T00:00:00%2B99:99",
  "0000-01-01",
  "0000-12-31T23:59:59.999Z",
  "0001-01-01T00:00:00%2B14:00",
  "9999-12-31T23:59:59-14:00",
  "%2B010000-01-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "-4713-01-01",
  "294277-01-01",
  "infinity",
  "now",
  "2026-07-01T12:00:00%00Z",
];

/** Values that no parameter of a kind takes, by the name of the parameter. */
export const BAD_VALUES = {
  limit: ["0", "-1", "201", "1.5", "x", "", "1e2", "0x10", "99999999999", "%00", "١"],
  cursor: ["x", "%00", "..", "AAAA", "x".repeat(401), "🦊", "Tm90IGFuIGlk", ...MADE_UP_CURSORS],
  status: ["DONE", "failed", "", "FAILED,RUNNING", "%00", `FAILED${"&status=FAILED".repeat(9)}`],
  label: ["x", "", ":x", "a%00:b", "x".repeat(401)],
  q: ["%00", "x".repeat(201)],
  from: BAD_INSTANTS,
  to: BAD_INSTANTS,
  workflow: ["Bad", "a b", "", "-x", "x".repeat(64), "%00"],
  after: ["-1", "x", "1.5", "9999999999", ""],
  wait: ["10", "x", "-1s", "", "1 fortnight"],
  window: ["10", "1s", "32d", "x", ""],
  type: ["step_failed", "A B", "", "X".repeat(41)],
} as const;
