import { describe, expect, it } from "vitest";
import { LruCache } from "../../../../src/language/expression/cache.ts";
import { compileExpression } from "../../../../src/language/expression/compile-expression.ts";
import { findReads, type ExpressionReads } from "../../../../src/language/expression/reads.ts";
import { splitText } from "../../../../src/language/expression/template-text.ts";

function readsOf(source: string): ExpressionReads {
  const compiled = compileExpression(source);
  if (!compiled.ok) {
    throw new Error(compiled.error.message);
  }
  return findReads(compiled.expression);
}

function namesOf(source: string): readonly string[] {
  return readsOf(source).roots.map(({ name, member }) => `${name}.${member ?? "*"}`);
}

describe("what an expression reads", () => {
  it("takes the range operator for no variable", () => {
    expect(readsOf("[1..3]").unknownVariables).toEqual([]);
  });

  it.each<readonly [string, readonly string[]]>([
    ["input.x", ["input.x"]],
    ["steps.a.body.x", ["steps.a"]],
    ["steps.`a`.x & steps.'b'.x", ["steps.a", "steps.b"]],
    ["$$.steps.a", ["steps.a"]],
    ["$.steps.a", ["steps.a"]],
    ["(steps).a", ["steps.a"]],
    ["steps[a.ok].b", ["steps.a", "steps.b"]],
    ["steps.(a & b)", ["steps.a", "steps.b"]],
    ["input.items.%.steps", ["input.items", "input.steps"]],
    ["input.%.steps.a", ["input.*", "steps.a"]],
    ["steps.$string()", ["steps.*"]],
    ["steps ~> $keys()", ["steps.*"]],
    ["steps.a@$a.b", ["steps.a", "steps.b"]],
    ["input.items.(price * steps)", ["input.items"]],
    ["input.items[price > $$.steps.a.max]", ["input.items", "steps.a"]],
    ["$map(input.items, function($v) { $v.x + steps.a })", ["input.items", "steps.a"]],
    ["{ 'k': steps.a, 'l': [steps.b] }", ["steps.a", "steps.b"]],
    ["input.items{ name: steps }", ["input.items"]],
    ["input.ok ? steps.a : errors.b.code", ["input.ok", "steps.a", "errors.b"]],
    ["input.x ?? steps.a", ["input.x", "steps.a"]],
    ["($x := steps.a; $x.steps.b)", ["steps.a"]],
    ["input.items^(steps)", ["input.items"]],
    ["steps.a ~> $uppercase", ["steps.a"]],
    ["1 + 2", []],
  ])("%s reads %j", (source, names) => {
    expect(namesOf(source).toSorted((a, b) => a.localeCompare(b))).toEqual(
      names.toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it.each(["$", "$$", "*", "**.x", "$lookup($$, 'steps')", "($x := $$; $x.steps.a)", "$keys()", "($f := $keys; $f())"])(
    "%s may read anything",
    (source) => {
      expect(readsOf(source).readsAll).toBe(true);
    },
  );

  it.each(["input.x", "$map(input.x, function($v) { $v.** })", "input.items.$", "input.*"])("%s does not", (source) => {
    expect(readsOf(source).readsAll).toBe(false);
  });

  it.each<readonly [string, readonly string[]]>([
    ["$uper(input.x)", ["uper"]],
    ["$x + 1", ["x"]],
    ["($x := 1; $x + $sum([1]))", []],
    ["function($a) { $a }", []],
    ["input.items@$i#$p.($i & $p)", []],
  ])("%s leaves %j undefined", (source, names) => {
    expect(readsOf(source).unknownVariables).toEqual(names);
  });
});

describe("finding expressions in text", () => {
  it.each<readonly [string, readonly unknown[]]>([
    ["plain", ["plain"]],
    ["", []],
    ["${{ a }}", [{ source: "a", offset: 0 }]],
    ["x ${{ a }} y ${{b}}", ["x ", { source: "a", offset: 2 }, " y ", { source: "b", offset: 13 }]],
    ["${{ {'a': {'b': 1}} }}", [{ source: "{'a': {'b': 1}}", offset: 0 }]],
    ['${{ "}}" }}', [{ source: '"}}"', offset: 0 }]],
    ["${{ 'it\\'s }}' }}", [{ source: "'it\\'s }}'", offset: 0 }]],
    ["${{ /* }} */ a }}", [{ source: "/* }} */ a", offset: 0 }]],
    ['${{ $match(a, /}}"/) }}', [{ source: '$match(a, /}}"/)', offset: 0 }]],
    ["${{ a / b }} / ${{ c }}", [{ source: "a / b", offset: 0 }, " / ", { source: "c", offset: 15 }]],
    ["$${{ a }}", ["$", { source: "a", offset: 1 }]],
  ])("%s", (text, parts) => {
    expect(splitText(text)).toEqual({ ok: true, parts });
  });

  it.each(["${{", "x ${{ a }", "${{ 'a }}", "${{ { }}", "${{ /* }}", "${{ a } }}"])("%s is never closed", (text) => {
    expect(splitText(text)).toEqual({ ok: false, offset: text.indexOf("${{") });
  });
});

describe("the cache of expressions", () => {
  it("holds no more than it may, lets the least recently used go, and does not keep what is larger than all of it", () => {
    const cache = new LruCache<string>(3, (key) => key.length);
    const made: string[] = [];
    const create = (key: string): string => {
      made.push(key);
      return key;
    };
    ["a", "b", "c", "a", "d", "a", "b"].forEach((key) => cache.getOrCreate(key, create));
    expect(made).toEqual(["a", "b", "c", "d", "b"]);
    expect(cache.size).toBe(3);
    cache.getOrCreate("xx", create);
    expect(cache.size).toBe(2);
    expect(cache.getOrCreate("y".repeat(100), create)).toHaveLength(100);
    expect(cache.size).toBe(2);
  });
});
