import { isDeepStrictEqual } from "node:util";
import jsonata from "jsonata";
import { compileExpression } from "../../src/language/expression/compile-expression.ts";
import { Evaluation } from "../../src/language/expression/evaluation/evaluation.ts";
import { FUEL_DEFAULT } from "../../src/language/expression/limits.ts";
import { ResultBudget, toJson } from "../../src/language/expression/result.ts";
import { EXPRESSIONS, INPUT } from "./expression-cases.ts";
import { formatNumber, layOutTable } from "./text-table.ts";

/** Each is evaluated for as long as this, after as long again to warm up. */
const DURATION_MS = 150;

interface Measured {
  readonly source: string;
  readonly libraryUs: number;
  readonly ownUs: number;
  readonly fuel: number;
}

const rows: Measured[] = [];
for (const source of EXPRESSIONS) {
  rows.push(await measure(source));
}
const factors = rows.map(({ libraryUs, ownUs }) => libraryUs / ownUs).toSorted((a, b) => a - b);
const table = layOutTable(
  ["expression", "JSONata us", "Baton us", "times faster", "fuel"],
  rows.map(({ source, libraryUs, ownUs, fuel }) => [
    source.length > 70 ? `${source.slice(0, 67)}...` : source,
    formatNumber(libraryUs),
    formatNumber(ownUs),
    formatNumber(libraryUs / ownUs),
    formatNumber(fuel),
  ]),
);
console.log(table.join("\n"));
const median = factors[Math.floor(factors.length / 2)] ?? 0;
console.log(`median ${formatNumber(median)} times faster, least ${formatNumber(factors[0] ?? 0)}`);

async function measure(source: string): Promise<Measured> {
  const library = jsonata(source);
  const compiled = compileExpression(source);
  if (!compiled.ok) throw new Error(compiled.error.message);
  const evaluateOwn = (): { readonly value: unknown; readonly fuel: number } => {
    const run = new Evaluation(INPUT, FUEL_DEFAULT, { nowMs: Date.now(), seed: 1 });
    return { value: toJson(compiled.expression.evaluate(run), new ResultBudget(run)), fuel: run.spent };
  };
  const [expected, own] = [JSON.stringify(await library.evaluate(INPUT)), evaluateOwn()];
  if (!isDeepStrictEqual(JSON.parse(expected), own.value)) throw new Error(`${source} gives another value`);
  const libraryUs = await timeAsync(() => library.evaluate(INPUT));
  const ownUs = time(evaluateOwn);
  return { source, libraryUs, ownUs, fuel: own.fuel };
}

async function timeAsync(work: () => Promise<unknown>): Promise<number> {
  let [count, from] = [0, performance.now()];
  for (const isMeasured of [false, true]) {
    [count, from] = [0, performance.now()];
    while (performance.now() - from < DURATION_MS) {
      await work();
      count += 1;
    }
    if (isMeasured) break;
  }
  return ((performance.now() - from) * 1000) / count;
}

function time(work: () => unknown): number {
  let [count, from] = [0, performance.now()];
  for (const isMeasured of [false, true]) {
    [count, from] = [0, performance.now()];
    while (performance.now() - from < DURATION_MS) {
      for (let round = 0; round < 10; round += 1) work();
      count += 10;
    }
    if (isMeasured) break;
  }
  return ((performance.now() - from) * 1000) / count;
}
