import { assert, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { compileExpression } from "../../src/language/expression/compile-expression.ts";
import { findReads, type RootRead } from "../../src/language/expression/reads.ts";
import { documents, expressions } from "../support/expression-grammar.ts";
import { evaluateAgainst } from "../unit/language/expression/plain-value.ts";
import { EXPRESSION_DATA, expressionSources } from "./expression-sources.ts";

const GIVEN_RUNS = process.env["EXPRESSION_RUNS"];
const RUNS = GIVEN_RUNS === undefined ? { numRuns: 3000, seed: 7 } : { numRuns: Number(GIVEN_RUNS) };

function readsOf(source: string): readonly RootRead[] | null {
  const compiled = compileExpression(source);
  if (!compiled.ok) {
    return null;
  }
  const { roots, readsAll } = findReads(compiled.expression);
  return readsAll ? null : roots;
}

/** What is left of a document when nothing is loaded but what is read. */
function keepRead(document: JsonObject, reads: readonly RootRead[]): JsonObject {
  const kept = Object.entries(document).flatMap(([name, value]) => {
    const members = reads.filter((read) => read.name === name).map(({ member }) => member);
    const isWhole = members.includes(null) || typeof value !== "object" || value === null || Array.isArray(value);
    const part = isWhole ? value : Object.fromEntries(Object.entries(value).filter(([key]) => members.includes(key)));
    return members.length === 0 ? [] : [[name, part] as const];
  });
  return Object.fromEntries(kept);
}

function endOf(source: string, data: unknown): string {
  try {
    return JSON.stringify(evaluateAgainst(source, data)) ?? "nothing";
  } catch (error) {
    return String(error);
  }
}

function expectSameWithLess(source: string, document: JsonObject): void {
  const reads = readsOf(source);
  const kept = reads === null ? document : keepRead(document, reads);
  expect(endOf(source, kept)).toBe(endOf(source, document));
}

describe("what an expression reads", () => {
  it("is all that it needs: it comes to the same when nothing else is there", () => {
    assert(
      property(expressionSources(), (source) => expectSameWithLess(source, EXPRESSION_DATA as JsonObject)),
      RUNS,
    );
  });

  it("is all that it needs of any document", () => {
    assert(
      property(expressions, documents, (source, document) => expectSameWithLess(source, document as JsonObject)),
      RUNS,
    );
  });
});
