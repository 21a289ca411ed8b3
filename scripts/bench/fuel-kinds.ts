import type { Json } from "../../src/domain/json.ts";

/** A kind of work that expressions can do, to find out what a unit of fuel buys of it. */
export interface FuelKind {
  readonly name: string;
  /** Does nothing but this kind of work, until fuel or memory is used up. */
  readonly source: string;
  readonly input?: Json;
  /**
   * Why it takes less than is paid for, where the dearest input of the same work is a kind of its own: before the work is
   * done nobody knows that it will be light.
   */
  readonly luck?: string;
}

const LATIN = "a character of Latin text is one byte";
const SKIPPED = "characters that cannot begin what is sought are skipped";
const PLAIN = "there is nothing to convert";
const FEW_STATES = "few parts of the expression are tried at a character";
const SAME_NAMES = "objects with the same names share their shape";

const LONG = "$pad('', 20000, 'ab cd ')";
/** Text that has characters of two bytes. */
const WIDE_LONG = "$substring($pad('', 20000, 'ab cd Ω'), 7)";
const CHINESE = "$pad('', 20000, '漢字')";
const REPEATED = "$pad('', 20000, 'a')";
const DISTINCT = "[1..1000].{'k' & $: 1, 'z' & $: 2}";
const NUMBERS = "[1..1000]";
const MANY = "[1..50000]";
const ITEMS: Json = Array.from({ length: 1000 }, (_, id) => ({
  id,
  name: `name ${id}`,
  price: id / 7,
  tags: ["a", "b", `c${id % 10}`],
  nested: { deep: { value: id } },
}));
const WIDE: Json = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`name${index}`, index]));
const EMOJI = "\u{1F600}".repeat(20_000);
const MANY_VARIABLES = Array.from({ length: 500 }, (_, index) => `$v${index} := 1`).join(", ");

/** Repeats an expression with `$x` and `$i` set until there is no fuel. */
function repeat(source: string, setup = "1"): string {
  return `($x := ${setup}; $map(${MANY}, function($i) { (${source}; 1) }))`;
}

/** Every kind of work: nodes, operators, paths, rows, sorting, and each function. */
export const FUEL_KINDS: readonly FuelKind[] = [
  { name: "tail recursion", source: "($f := function($n) { $f($n + 1) }; $f(1))" },
  { name: "recursion", source: repeat("$f(60)", "0; $f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }") },
  { name: "call, many arguments", source: repeat(`$x(${"1,".repeat(200)}1)`, "function() { 1 }") },
  { name: "call, signature", source: repeat("$x(1, 'a', true)", "function($a, $b, $c)<nsb:n> { 1 }") },
  { name: "call, variadic", source: repeat(`$x(${"1,".repeat(60)}1)`, "function($a)<n+n+n+:n> { 1 }") },
  { name: "partial application", source: repeat("$x(?, 2)(1)", "function($a, $b) { 1 }") },
  { name: "chain", source: repeat("(1 ~> $x ~> $x)", "function($a) { 1 }") },
  { name: "chain of functions", source: repeat("($x ~> $x)(1)", "function($a) { 1 }") },
  { name: "lambda made", source: repeat("function($a) { $x + $i }") },
  { name: "arithmetic", source: repeat("1 + 2 * 3 - 4 / 5 % 6") },
  { name: "comparison of numbers", source: repeat("1 < 2 and 2 <= 3 and 3 > 2 or 3 >= 2") },
  { name: "condition", source: repeat("$i > 5 ? 1 : 2") },
  { name: "fallback", source: repeat("nothing ?? missing ?: 1") },
  { name: "block with variables", source: repeat("($a := 1; $b := $a; $c := $b)") },
  { name: "block with many variables", source: repeat(`(false ? [${MANY_VARIABLES}])`) },
  {
    name: "variable far away",
    source: repeat(`${"(false ? $b := 1; ".repeat(100)}[${"$x,".repeat(50)}1]${")".repeat(100)}`),
  },
  {
    name: "variable not set yet",
    source: `($x := 1; ${"(false ? $x := 1; ".repeat(100)}${MANY}.[${"$x,".repeat(50)}1]${")".repeat(100)})`,
  },
  { name: "concatenation, short", source: repeat("'abc' & $i") },
  { name: "concatenation, long", source: repeat("$x & $i", LONG) },
  { name: "equality of texts", source: repeat("$x = $y", `${LONG}; $y := $substring('z' & $x, 1)`) },
  { name: "equality of texts, wide", source: repeat("$x = $y", `${WIDE_LONG}; $y := $substring('z' & $x, 1)`) },
  { name: "order of texts", source: repeat("$x < $y", `${LONG}; $y := $substring('z' & $x, 1)`), luck: LATIN },
  { name: "order of texts, wide", source: repeat("$x < $y", `${WIDE_LONG}; $y := $substring('z' & $x, 1)`) },
  { name: "equality of lists", source: repeat("$x = $y", `${NUMBERS}; $y := [1..1000]`) },
  { name: "equality of objects", source: repeat("$x = $y", "input; $y := $clone(input)"), input: ITEMS },
  { name: "equality, wide object", source: repeat("$x = {}", "input"), input: WIDE },
  { name: "equality, wide objects", source: repeat("$x = $y", "input; $y := $clone(input)"), input: WIDE },
  { name: "truth of a wide object", source: repeat("$x ? 1", "input"), input: WIDE },
  { name: "truth of a list", source: repeat("$x ? 1", "$map([1..1000], function() { 0 })") },
  { name: "truth of lists", source: repeat("$x ? 1", "[1..1000].[[]]") },
  { name: "in, numbers", source: repeat("0 in $x", NUMBERS) },
  { name: "in, texts", source: repeat("'zzzz' in $x", "[1..1000].('abc' & $string($ + 1000))") },
  {
    name: "in, texts of one length",
    source: repeat("$y in $x", "[1..1000].('abc' & $string($ + 1000)); $y := 'abc2500'"),
  },
  { name: "in, fractions", source: repeat("0.5 in $x", "[1..1000].($ / 3)") },
  { name: "range", source: repeat("[1..1000]") },
  { name: "list", source: repeat("[1, 2, 3, $i, 'a']") },
  { name: "list of lists", source: repeat("[$x, $x]", NUMBERS) },
  { name: "object", source: repeat("{'a': 1, 'b': $i, 'c': 'x'}") },
  { name: "object, computed names", source: repeat("{'a' & $i: 1, 'b' & $i: 2}") },
  { name: "object, numbers as names", source: repeat("{$string($i + 800): 1}") },
  { name: "object, written numbers as names", source: repeat("{'1000': $i, '0': 1}") },
  { name: "$merge, numbers as names", source: repeat("$merge($x)", "[1..500].{$string($ * 7): 1}") },
  { name: "path of names", source: repeat("$x.a.b.c", "{'a': {'b': {'c': 1}}}") },
  { name: "path over a list", source: repeat("$x.nested.deep.value", "input"), input: ITEMS },
  { name: "path with calculations", source: repeat("$x.(price * 2)", "input"), input: ITEMS },
  { name: "path of values", source: repeat("$x.$.$.$", NUMBERS) },
  { name: "path of lists", source: repeat("$x.[$].[$]", NUMBERS) },
  { name: "path making objects", source: repeat("$x.{'id': id, 'name': name}", "input"), input: ITEMS },
  { name: "filter", source: repeat("$x[price > 50]", "input"), input: ITEMS },
  { name: "filter by position", source: repeat("$x[0]", NUMBERS) },
  { name: "filter by positions", source: repeat("$x[[1..900]]", NUMBERS) },
  { name: "wildcard", source: repeat("$x.*", "input"), input: ITEMS },
  { name: "wildcard, wide", source: repeat("$x.*", "input"), input: WIDE },
  { name: "descendants", source: repeat("$x.**", "input"), input: ITEMS },
  { name: "sort step, numbers", source: repeat("$x^(>$)", NUMBERS) },
  { name: "sort step, texts", source: repeat("$x^(name, id)", "input"), input: ITEMS },
  { name: "grouping", source: repeat("$x{tags[2]: id}", "input"), input: ITEMS },
  { name: "grouping, one each", source: repeat("$x{name: id}", "input"), input: ITEMS },
  { name: "rows", source: repeat("$x@$r.{'a': $r.id}", "input"), input: ITEMS },
  { name: "rows, cross join", source: repeat("$x@$r.$x@$s[$r.id = $s.id].$r", "input[[0..99]]"), input: ITEMS },
  { name: "rows, index", source: repeat("$x#$n[$n > 5].id", "input"), input: ITEMS },
  { name: "rows, parent", source: repeat("$x.nested.deep.%.%.id", "input"), input: ITEMS },
  { name: "rows, grouping", source: repeat("$x@$r{$r.name: $r.id}", "input"), input: ITEMS },
  { name: "rows, sort", source: repeat("$x@$r^(>$r.id).$r.name", "input"), input: ITEMS },
  { name: "transform", source: repeat("$x ~> |$|{'new': 1}, 'price'|", "input[[0..99]]"), input: ITEMS },
  { name: "transform, nested", source: repeat("$x ~> |**|{'new': 1}|", "input[[0..99]]"), input: ITEMS },
  { name: "$string of a number", source: repeat("$string($i / 7)") },
  { name: "$string of objects", source: repeat("$string($x)", "input"), input: ITEMS },
  { name: "$string indented, lists", source: repeat("$string($x, true)", "[1..1000].[[]]") },
  { name: "$string indented", source: repeat("$string($x, true)", "input"), input: ITEMS },
  { name: "$string of texts", source: repeat("$string([$x])", "$pad('', 20000, '\\u0001')") },
  { name: "$length", source: repeat("$length($x)", LONG), luck: LATIN },
  { name: "$length, wide", source: repeat("$length($x)", WIDE_LONG) },
  { name: "$length, emoji", source: repeat("$length($x)", "input"), input: EMOJI },
  { name: "$substring", source: repeat("$substring($x, 100, 10000)", LONG), luck: LATIN },
  { name: "$substring, wide", source: repeat("$substring($x, 100, 10000)", WIDE_LONG) },
  { name: "$substring, emoji", source: repeat("$substring($x, 100, 10000)", "input"), input: EMOJI },
  { name: "$substringBefore", source: repeat("$substringBefore($x, 'zz')", LONG), luck: SKIPPED },
  { name: "$substringAfter", source: repeat("$substringAfter($x, 'zz')", LONG), luck: SKIPPED },
  { name: "$contains, two", source: repeat("$contains($x, 'ab')", REPEATED) },
  { name: "$contains, eight", source: repeat("$contains($x, 'aaaaaaab')", REPEATED) },
  {
    name: "$contains, 64 wide",
    source: repeat("$contains($x, $y)", "$pad('', 20000, 'Ω'); $y := $pad('', 63, 'Ω') & 'b'"),
  },
  {
    name: "$contains, long",
    source: repeat("$contains($x, $y)", "$pad('', 20000, 'a'); $y := 'b' & $pad('', 5000, 'a')"),
  },
  {
    name: "$contains, periodic",
    source: repeat("$contains($x, $y)", "$pad('', 20000, 'ab'); $y := $pad('', 5000, 'ab') & 'c'"),
  },
  { name: "$lowercase", source: repeat("$lowercase($x)", LONG) },
  { name: "$uppercase", source: repeat("$uppercase($x)", LONG) },
  { name: "$uppercase, growing", source: repeat("$uppercase($x)", "$pad('', 20000, 'ΐß')") },
  { name: "$trim", source: repeat("$trim($x)", LONG) },
  { name: "$pad", source: repeat("$pad('', 20000, 'abc')") },
  { name: "$pad, emoji", source: repeat("$pad('', 20000, '\u{1F600}')") },
  { name: "$split", source: repeat("$split($x, ' ')", LONG) },
  { name: "$split, characters", source: repeat("$split($x, '')", LONG) },
  { name: "$split, pattern", source: repeat("$split($x, /\\s+/)", LONG) },
  { name: "$join", source: repeat("$join($x, ', ')", "[1..1000].('abc' & $)") },
  { name: "$match", source: repeat("$match($x, /[a-z]+/)", LONG) },
  { name: "$match, groups", source: repeat("$match($x, /([a-z])([a-z])/)", LONG) },
  { name: "$match, many states", source: repeat("$match($x, /(a|b|ab| |c){50}[e-z]$/)", LONG), luck: FEW_STATES },
  { name: "$match, all states", source: repeat("$match($x, /(x*)*(x*)*(x*)*(x*)*[y-z]/)", "$pad('', 20000, 'x')") },
  { name: "$match, many groups", source: repeat("$match($x, /(a)(a)(a)(a)(a)(a)(a)(a)[b-z]/)", REPEATED) },
  { name: "$match, large", source: repeat("$match($x, /[a-d ]{1000}[e-z]/)", LONG) },
  { name: "$match, nested", source: repeat("$match($x, /([abcd ]{1,20}){1,20}[e-z]/)", LONG) },
  { name: "$match, lazy", source: repeat("$match($x, /(a|b|c| |d)*?([e-z]|[0-9])+?[A-Z]/)", LONG) },
  { name: "$match, words", source: repeat("$match($x, /(\\b[a-z]+|\\B[a-z]+| )*[0-9]/)", LONG) },
  { name: "$match, letters of any script", source: repeat("$match($x, /\\p{L}+[0-9]/)", WIDE_LONG) },
  { name: "$match, lines", source: repeat("$match($x, /^[e-z]/m)", LONG) },
  { name: "$match, each character", source: repeat("$match($x, /[a-z]/)", LONG) },
  { name: "$contains, fixed beginning", source: repeat("$contains($x, /aaaaaaab/)", REPEATED) },
  { name: "$contains, long beginning", source: repeat(`$contains($x, /${"a".repeat(600)}b/)`, REPEATED) },
  {
    name: "$contains, periodic beginning",
    source: repeat(`$contains($x, /${"ab".repeat(300)}c/)`, "$pad('', 20000, 'ab')"),
  },
  { name: "$contains, pattern", source: repeat("$contains($x, /z+[0-9]/)", LONG), luck: SKIPPED },
  { name: "$contains, folded", source: repeat("$contains($x, /z+[a-y]z/i)", LONG) },
  { name: "$replace", source: repeat("$replace($x, 'ab', 'xyz')", LONG) },
  { name: "$replace, pattern", source: repeat("$replace($x, /[ab]+/, '<$0>')", LONG) },
  { name: "$replace, function", source: repeat("$replace($x, /[ab]+/, function($m) { $m.match })", LONG) },
  { name: "$number", source: repeat("$number('123.456e3')") },
  { name: "$round", source: repeat("$round($i / 7, 3)") },
  { name: "$power", source: repeat("$power($i, 1.5)") },
  { name: "$sqrt and $abs", source: repeat("$sqrt($abs($i))") },
  { name: "$formatBase", source: repeat("$formatBase($i, 2)") },
  { name: "$random", source: repeat("$random()") },
  { name: "$sum", source: repeat("$sum($x)", NUMBERS) },
  { name: "$max", source: repeat("$max($x)", NUMBERS) },
  { name: "$average", source: repeat("$average($x)", NUMBERS) },
  { name: "$count", source: repeat("$count($x)", NUMBERS) },
  { name: "$append", source: repeat("$append($x, 1)", NUMBERS) },
  { name: "$reverse", source: repeat("$reverse($x)", NUMBERS) },
  { name: "$shuffle", source: repeat("$shuffle($x)", NUMBERS) },
  { name: "$sort", source: repeat("$sort($x)", "$shuffle([1..1000])") },
  { name: "$sort, texts", source: repeat("$sort($x)", "$shuffle([1..1000]).('abc' & $)") },
  { name: "$sort, function", source: repeat("$sort($x, function($a, $b) { $a > $b })", "$shuffle([1..1000])") },
  { name: "$distinct, numbers", source: repeat("$distinct($x)", NUMBERS) },
  { name: "$distinct, objects", source: repeat("$distinct($x)", "input"), input: ITEMS },
  { name: "$distinct, functions", source: repeat("$distinct($x)", "[1..1000].(function() { 1 })") },
  { name: "$distinct, wide", source: repeat("$distinct([$x, $x])", "input"), input: WIDE },
  { name: "$zip", source: repeat("$zip($x, $x)", NUMBERS) },
  { name: "$keys", source: repeat("$keys($x)", "input"), input: ITEMS },
  { name: "$keys, wide", source: repeat("$keys($x)", "input"), input: WIDE },
  { name: "$lookup", source: repeat("$lookup($x, 'id')", "input"), input: ITEMS },
  { name: "$lookup, long name", source: repeat("$lookup({}, $x & $i)", LONG) },
  { name: "$spread", source: repeat("$spread($x)", "input"), input: ITEMS, luck: SAME_NAMES },
  { name: "$spread, names of their own", source: repeat("$spread($x)", DISTINCT) },
  { name: "$merge", source: repeat("$merge($x)", "[1..500].{'k' & $: 1}") },
  { name: "$each", source: repeat("$each($x, function($v) { $v })", "input"), input: WIDE },
  { name: "$sift", source: repeat("$sift($x, function($v) { true })", "input"), input: WIDE },
  { name: "$map", source: repeat("$map($x, function($v) { $v })", NUMBERS) },
  { name: "$map, native", source: repeat("$map($x, $abs)", NUMBERS) },
  { name: "$filter", source: repeat("$filter($x, function($v) { $v > 5 })", NUMBERS) },
  { name: "$reduce", source: repeat("$reduce($x, function($a, $b) { $a + $b })", NUMBERS) },
  { name: "$single", source: repeat("$single($x, function($v) { $v = 5 })", NUMBERS) },
  { name: "$clone", source: repeat("$clone($x)", "input"), input: ITEMS, luck: SAME_NAMES },
  { name: "$clone, names of their own", source: repeat("$clone($x)", DISTINCT) },
  { name: "$clone, wide", source: repeat("$clone($x)", "input"), input: WIDE },
  { name: "$clone, lists", source: repeat("$clone($x)", "[1..1000].[$]") },
  { name: "$boolean and $not", source: repeat("$boolean($not($x))", "input"), input: WIDE },
  { name: "$type and $exists", source: repeat("$type($exists($x))", NUMBERS) },
  { name: "$formatNumber", source: repeat("$formatNumber($i * 1000.5, '#,##0.00')") },
  { name: "$formatInteger", source: repeat("$formatInteger($i, 'w')") },
  { name: "$formatInteger, huge", source: repeat("$formatInteger($i * 1.2e300, 'w')") },
  { name: "$formatInteger, letters", source: repeat("$formatInteger($i * 1e10, 'a')") },
  { name: "$parseInteger", source: repeat("$parseInteger('twelve thousand four hundred and seventy-six', 'w')") },
  { name: "$fromMillis", source: repeat("$fromMillis($i * 1e9, '[Y]-[M01]-[D01] [H01]:[m01]')") },
  { name: "$fromMillis, plain", source: repeat("$fromMillis($i * 1e9)") },
  {
    name: "$fromMillis, long",
    source: repeat("$fromMillis($i * 1e9, '[FNn] [D1o] [MNn] [Y] [H]:[m]:[s].[f001] [Z] [Yw] [W]')"),
  },
  { name: "$fromMillis, zone", source: repeat("$fromMillis($i * 1e9, '[Y]-[M01]-[D01]', 'Europe/Rome')") },
  { name: "$toMillis", source: repeat("$toMillis('2024-02-28T01:02:03Z')") },
  { name: "$toMillis, picture", source: repeat("$toMillis('2024-02-28', '[Y]-[M]-[D]')") },
  { name: "$toMillis, words", source: repeat("$toMillis('twenty of February, two thousand', '[Dw] of [MNn], [Yw]')") },
  { name: "$toMillis, many words", source: repeat(`$toMillis('${"two".repeat(50)}', '${"[Yw]".repeat(50)}')`) },
  { name: "$dateAdd", source: repeat("$dateAdd('2024-02-28T01:02:03Z', $i, 'day', 'Europe/Rome')") },
  { name: "$dateDiff", source: repeat("$dateDiff(0, $i * 1e9, 'month', 'Europe/Rome')") },
  { name: "$base64encode", source: repeat("$base64encode($x)", LONG) },
  { name: "$base64encode, Chinese", source: repeat("$base64encode($x)", CHINESE) },
  { name: "$base64decode", source: repeat("$base64decode($x)", `$base64encode(${LONG})`) },
  { name: "$base64decode, Chinese", source: repeat("$base64decode($x)", `$base64encode(${CHINESE})`) },
  { name: "$encodeUrlComponent", source: repeat("$encodeUrlComponent($x)", LONG), luck: PLAIN },
  { name: "$encodeUrlComponent, Chinese", source: repeat("$encodeUrlComponent($x)", CHINESE) },
  { name: "$decodeUrl", source: repeat("$decodeUrl($x)", `$encodeUrl(${LONG})`), luck: PLAIN },
  {
    name: "$decodeUrl, escapes",
    source: repeat("$decodeUrlComponent($x)", "$replace($pad('', 5000, 'x'), 'x', '%41')"),
  },
  { name: "$sha256", source: repeat("$sha256($x)", LONG), luck: LATIN },
  { name: "$sha256, Chinese", source: repeat("$sha256($x)", CHINESE) },
  { name: "$sha256, short", source: repeat("$sha256('a' & $i)") },
  { name: "$hmac", source: repeat("$hmac($x, 'key')", LONG), luck: LATIN },
  { name: "$hmac, Chinese", source: repeat("$hmac($x, 'key')", CHINESE) },
  { name: "$hmac, short", source: repeat("$hmac('a' & $i, 'key')") },
  { name: "$uuid", source: repeat("$uuid()") },
  { name: "$parseUrl", source: repeat("$parseUrl('https://example.com/a?b=c&d=' & $i)") },
  {
    name: "$parseUrl, long",
    source: repeat("$parseUrl($x & $i)", "'https://example.com/a?' & $join([1..200].('a' & $ & '=b%20c'), '&')"),
  },
  {
    name: "$parseUrl, many names",
    source: repeat("$parseUrl($x)", "'https://example.com/?' & $join([1..20000].('n' & $), '&')"),
  },
  { name: "$parseJson", source: repeat("$parseJson($x)", "$string([1..2000].{'a': $})") },
  { name: "$parseCsv", source: repeat("$parseCsv($x)", "$pad('', 20000, 'a,b,c\n')") },
];
