import type { Json } from "../../src/domain/json.ts";

/** What the expressions of the benchmark are evaluated against: an order, as an HTTP API gives it. */
export const INPUT: Json = {
  input: {
    id: 4711,
    city: "Rome",
    customer: { name: "Ada Lovelace", email: "ada@example.com", address: { street: "Via Appia 1", zip: "00100" } },
    coupon: null,
    text: "The quick brown fox jumps over the lazy dog. ".repeat(10),
    items: Array.from({ length: 50 }, (_, index) => ({
      sku: `sku-${index}`,
      price: 3.5 + index,
      quantity: (index % 5) + 1,
      category: ["book", "toy", "food"][index % 3] ?? "",
      tags: index % 2 === 0 ? ["new", "sale"] : [],
    })),
  },
  steps: { weather: { status: 200, body: { temp: 21.5, wind: { speed: 3 } } }, news: { body: { items: [] } } },
  run: { id: "01890000-0000-7000-8000-000000000000", workflow: "orders", version: 3 },
};

/** What recipes do, from a plain path to a report. */
export const EXPRESSIONS: readonly string[] = [
  "input.city",
  "steps.weather.body.wind.speed",
  "steps.weather.body.temp > 20 and input.city = 'Rome'",
  "input.city & ': ' & steps.weather.body.temp & ' degrees'",
  "input.coupon ?: 'none'",
  "{'id': input.id, 'name': input.customer.name, 'zip': input.customer.address.zip}",
  "input.items.sku",
  "input.items[0].tags[]",
  "input.items[price > 30].sku",
  "$sum(input.items.(price * quantity))",
  "$map(input.items, function($v) { $v.price * 2 })",
  "$filter(input.items, function($v) { $v.category = 'book' })",
  "input.items{category: $sum(quantity)}",
  "input.items^(>price)[0].sku",
  "$reduce(input.items.price, function($a, $b) { $a + $b })",
  "$join($distinct(input.items.category), ', ')",
  "$uppercase($substringBefore(input.customer.email, '@'))",
  "$replace(input.text, 'fox', 'cat') ~> $length()",
  "$split(input.text, ' ') ~> $count()",
  "($total := $sum(input.items.(price * quantity)); {'total': $round($total * 1.19, 2), 'isLarge': $total > 1000, 'lines': input.items.{'sku': sku, 'sum': price * quantity}})",
];
