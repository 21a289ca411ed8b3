import { assert, asyncProperty } from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../src/language/expression/compile-expression.ts";
import { evaluateTemplate } from "../../src/language/expression/evaluate.ts";
import { findReads } from "../../src/language/expression/reads.ts";
import { isWithinCpuMs } from "../support/cpu-time.ts";
import { INPUTS } from "../support/expression-attack-parts.ts";
import { expressionAttacks, type ExpressionAttack } from "../support/expression-attacks.ts";
import { contextOf, NOW } from "../unit/language/expression/scope.ts";

const GIVEN_ATTACKS = process.env["BATON_ATTACKS"];

/** How many attacks: `BATON_ATTACKS=100000` for a longer siege with new ones, else the same ones each time. */
const ATTACKS = GIVEN_ATTACKS === undefined ? { numRuns: 800, seed: 7 } : { numRuns: Number(GIVEN_ATTACKS) };

/** Alone on a core. */
const CPU_MS_MAX = 200;

/** Of several tries the best counts: others may have been disturbed. */
const TRIES = 3;

const CODES: ReadonlySet<string> = new Set([
  "expression_failed",
  "expression_fuel",
  "expression_result",
  "expression_syntax",
  "expression_too_deep",
  "expression_too_large",
]);

/** Compiles it, finds out what it reads and evaluates it. */
function suffer({ source, input }: ExpressionAttack): { readonly code: string; readonly message: string } | null {
  const compiled = compileExpression(source);
  if (compiled.ok) {
    findReads(compiled.expression);
  }
  const result = evaluateTemplate(`\${{ ${source} }}`, contextOf(INPUTS[input] ?? null), { now: NOW });
  return result.ok ? null : result.error;
}

/** Gives an error back that is none of ours, too long, or the engine's own; null for any other, and for none. */
function judge(error: { readonly code: string; readonly message: string } | null): string | null {
  if (error === null) {
    return null;
  }
  // What the engine's own overflows are described as: depth and size must be counted before.
  const isEngines = /it nests or recurses too deeply|more than there is room for/.test(error.message);
  return CODES.has(error.code) && error.message.length < MESSAGE_LENGTH_MAX && !isEngines ? null : error.message;
}

const MESSAGE_LENGTH_MAX = 600;

/** Tells what is wrong with how an attack ends; nothing when it ends soon, with a value or with a clear error. */
async function findFault(attack: ExpressionAttack): Promise<string | null> {
  for (let left = TRIES; left > 0; left -= 1) {
    const faults: (string | null)[] = [];
    if (await isWithinCpuMs(CPU_MS_MAX, () => faults.push(judge(suffer(attack))))) {
      return faults[0] ?? null;
    }
  }
  return "it takes too long";
}

describe("expressions that mean harm", () => {
  it(
    "end soon, with a value or with a clear error",
    async () => {
      await assert(
        asyncProperty(expressionAttacks, async (attack) => {
          expect(await findFault(attack)).toBeNull();
        }),
        ATTACKS,
      );
    },
    ATTACKS.numRuns * 400,
  );
});
