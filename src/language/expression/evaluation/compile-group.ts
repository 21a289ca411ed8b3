import { failureOf } from "../expression-error.ts";
import type { Group, ObjectNode } from "../syntax/ast.ts";
import { compileApart, type Compiler } from "./compiler.ts";
import type { Evaluation } from "./evaluation.ts";
import { Frame, UNSET, type Code, type Scope } from "./frames.ts";
import type { Row } from "./rows.ts";
import { entriesOf, isNumberLike, setMember, type OpenObject, type Value } from "./values.ts";

/** The items that gave one key, and which pair of the grouping gave it. */
interface Bucket<Item> {
  readonly pairIndex: number;
  readonly items: Item[];
}

interface PairCode {
  readonly key: Code;
  readonly value: Code;
}

const BYTES_PER_BUCKET = 320;
const BUCKET_COST = 8;

/**
 * Compiles a grouping: the object whose members are made of the items that have the same key.
 *
 * @param group - The grouping.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @returns Code that takes the value to be grouped as its input.
 */
export function compileGroup(group: Group, scope: Scope, compiler: Compiler): Code {
  return groupBy(compilePairs(group, scope, compiler), group);
}

/**
 * Compiles an object that stands alone. Mostly each pair gives one member, and nothing has to be grouped.
 *
 * @param node - The object.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @returns Its code.
 */
export function compileObject(node: ObjectNode, scope: Scope, compiler: Compiler): Code {
  const pairs = compilePairs(node, scope, compiler);
  const grouped = groupBy(pairs, node);
  const names = node.pairs.flatMap(({ key }) =>
    key.kind === "literal" && typeof key.value === "string" ? [key.value] : [],
  );
  if (new Set(names).size < node.pairs.length) {
    return grouped;
  }
  const members = pairs.map(({ value }, index): readonly [string, Code] => [names[index] ?? "", value]);
  const numbered = names.filter(isNumberLike);
  return (run, frame, input) => {
    if (entriesOf(input) !== null) {
      return grouped(run, frame, input);
    }
    run.spend(2);
    run.makeObject(members.length);
    numbered.forEach((name) => run.makeMember(name));
    const object: OpenObject = {};
    for (const [name, code] of members) {
      const value = code(run, frame, input);
      if (value !== undefined) {
        setMember(object, name, value);
      }
    }
    return object;
  };
}

function compilePairs(group: Group | ObjectNode, scope: Scope, compiler: Compiler): readonly PairCode[] {
  return group.pairs.map(({ key, value }) => ({
    key: compiler.compile(key, scope),
    value: compiler.compile(value, scope),
  }));
}

function groupBy(pairs: readonly PairCode[], group: Group | ObjectNode): Code {
  return (run, frame, input) => {
    const entries = entriesOf(input) ?? [input];
    // Nothing still gives the members that do not depend on it.
    const items = entries.length === 0 ? [undefined] : entries;
    const buckets = fillBuckets({ run, pairs, group }, items, ({ key }, item) => key(run, frame, item));
    return openBuckets(run, buckets, (index, bucket) => pairs[index]?.value(run, frame, joinItems(run, bucket)));
  };
}

/**
 * Compiles a grouping of rows: a member sees the variables of all the rows that have its key.
 *
 * @param group - The grouping.
 * @param scope - The variables of the rows.
 * @param compiler - What compiles its parts.
 * @returns Code that gives the object.
 */
export function compileRowGroup(
  group: Group,
  scope: Scope,
  compiler: Compiler,
): (run: Evaluation, frame: Frame, rows: readonly Row[]) => Value {
  const pairs = group.pairs.map(({ key, value }) => ({
    key: compileApart(key, scope, compiler),
    value: compileApart(value, scope, compiler),
  }));
  return (run, frame, rows) => {
    const buckets = fillBuckets({ run, pairs, group }, rows, ({ key }, row) => key(run, row.frame, row.value));
    return openBuckets(run, buckets, (index, bucket) => {
      const joined = joinRows(run, frame, bucket);
      return pairs[index]?.value(run, joined.frame, joined.value);
    });
  };
}

interface Grouping {
  readonly run: Evaluation;
  readonly pairs: readonly PairCode[];
  readonly group: Group | ObjectNode;
}

function fillBuckets<Item>(
  { run, pairs, group }: Grouping,
  items: readonly Item[],
  keyOf: (pair: PairCode, item: Item) => Value,
): ReadonlyMap<string, Bucket<Item>> {
  const buckets = new Map<string, Bucket<Item>>();
  for (const item of items) {
    for (const [pairIndex, pair] of pairs.entries()) {
      run.spend(1);
      const key = keyOf(pair, item);
      if (key !== undefined) {
        const bucket = bucketOf(run, buckets, { key, pairIndex, position: group.pairs[pairIndex]?.key.position ?? 0 });
        run.addEntry();
        bucket.items.push(item);
      }
    }
  }
  return buckets;
}

interface Key {
  readonly key: Value;
  readonly pairIndex: number;
  readonly position: number;
}

function bucketOf<Item>(
  run: Evaluation,
  buckets: Map<string, Bucket<Item>>,
  { key, pairIndex, position }: Key,
): Bucket<Item> {
  if (typeof key !== "string") {
    throw failureOf("T1003", "the key of a member must be a text: use $string", position);
  }
  run.compareText(key.length);
  const known = buckets.get(key);
  if (known === undefined) {
    run.spend(BUCKET_COST);
    run.allocate(BYTES_PER_BUCKET);
    const bucket: Bucket<Item> = { pairIndex, items: [] };
    buckets.set(key, bucket);
    return bucket;
  }
  if (known.pairIndex !== pairIndex) {
    const message = `two pairs give the same key ${JSON.stringify(key.slice(0, 40))}: make one of them differ`;
    throw failureOf("D1009", message, position);
  }
  return known;
}

function openBuckets<Item>(
  run: Evaluation,
  buckets: ReadonlyMap<string, Bucket<Item>>,
  valueOf: (pairIndex: number, items: readonly Item[]) => Value,
): Value {
  run.openTable();
  const object: OpenObject = {};
  for (const [key, { pairIndex, items }] of buckets) {
    const value = valueOf(pairIndex, items);
    if (value !== undefined) {
      run.makeMember(key);
      setMember(object, key, value);
    }
  }
  return object;
}

/** Several items become one list; those that are lists are taken entry by entry. */
function joinItems(run: Evaluation, items: readonly Value[]): Value {
  if (items.length === 1) {
    return items[0];
  }
  run.makeEntries(0);
  const joined: Value[] = [];
  for (const item of items) {
    const entries = entriesOf(item) ?? (item === undefined ? [] : [item]);
    run.addEntries(entries.length);
    for (const entry of entries) {
      joined.push(entry);
    }
  }
  return joined;
}

function joinRows(run: Evaluation, frame: Frame, rows: readonly Row[]): Row {
  const [first] = rows;
  if (rows.length === 1 && first !== undefined) {
    return first;
  }
  const width = first?.frame.values.length ?? 0;
  const values: Value[] = [];
  for (let index = 0; index < width; index += 1) {
    run.makeEntries(rows.length);
    const set = rows.map((row) => row.frame.values[index]).filter((value) => value !== UNSET);
    values.push(set.length === 0 ? UNSET : joinItems(run, set));
  }
  run.makeEntries(rows.length);
  return {
    value: joinItems(
      run,
      rows.map(({ value }) => value),
    ),
    frame: new Frame(frame, values),
  };
}
