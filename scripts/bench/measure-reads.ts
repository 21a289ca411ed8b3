import type { Bench } from "./bench.ts";
import { scaled } from "./bench.ts";
import { percentilesOf } from "./percentiles.ts";
import type { Percentiles } from "./percentiles.ts";

/** One kind of read and how long its answers took. */
export interface ReadMeasurement {
  readonly name: string;
  readonly path: string;
  readonly count: number;
  readonly answerMs: Percentiles;
}

const READS_PER_KIND = 200;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Measures what people do with the API: list, filter, search, open a run; one request after the other.
 *
 * @param bench - The benchmark; its tables are as full as they are.
 * @returns One measurement per kind. Rejects when a request is not answered with 2xx.
 */
export async function measureReads(bench: Bench): Promise<readonly ReadMeasurement[]> {
  const { url, apiKey } = bench.stack.info;
  const measured: ReadMeasurement[] = [];
  for (const [name, path] of await readKinds(bench)) {
    const { latenciesMs } = await bench.load.run({
      url: `${url}${path}`,
      method: "GET",
      headers: { authorization: `Bearer ${apiKey}` },
      body: "",
      count: scaled(bench, READS_PER_KIND),
      connections: 1,
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    measured.push({ name, path, count: latenciesMs.length, answerMs: percentilesOf(latenciesMs) });
  }
  return measured;
}

/** The run in the middle of the table is one that no cache has just seen. */
async function readKinds({ sql }: Bench): Promise<readonly (readonly [name: string, path: string])[]> {
  const [middle] = await sql<{ id: string }[]>`
    select id from runs order by id offset (select count(*) / 2 from runs) limit 1`;
  const id = middle?.id ?? "";
  return [
    ["runs list", "/api/runs"],
    ["filtered list", "/api/runs?status=COMPLETED&workflow=bench-transform"],
    ["list of a rare status", "/api/runs?status=FAILED"],
    ["search by id", `/api/runs?q=${id.slice(0, 13)}`],
    ["search for a word nobody wrote", "/api/runs?q=xyzzyx"],
    ["run page", `/api/runs/${id}`],
    ["audit log of a run", `/api/runs/${id}/events`],
  ];
}
