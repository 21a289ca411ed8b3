import { type IssueCase, withStep } from "./issue-cases.ts";

/** A recipe whose second step `b` runs, for each item, the one step whose lines are given; they begin on line 11. */
function withBody(lines: string, more = ""): string {
  const body = lines.replaceAll("\n", "\n      ");
  return withStep(`id: b\ntype: foreach\nwith:\n  items: \${{ input.list }}\n  steps:\n    - ${body}${more}`);
}

/** A recipe whose second step has these parameters beside its steps, on line 9. */
function withParameters(parameters: string): string {
  return withStep(`id: b\ntype: foreach\nwith:\n  ${parameters}\n  steps: [{ id: c, type: transform, with: 1 }]`);
}

/** Steps in the `with` of one another; each knows only the one that it holds. */
function nested(depth: number): string {
  let text = "{ id: x, type: transform, with: 1 }";
  for (let level = depth; level > 0; level -= 1) {
    text = `{ id: e${level}, type: foreach, with: { items: [1], steps: [${text}] } }`;
  }
  return `name: a\nsteps: [${text}]\n`;
}

const AFTER = "- { id: d, type: transform, with: ";

/** Mistakes in steps that run others for each item of a list. */
export const FOREACH_CASES: readonly IssueCase[] = [
  {
    what: "a list that is not given",
    text: withStep("id: b\ntype: foreach\nwith: { steps: [{ id: c, type: transform, with: 1 }] }"),
    issue: ["missing_key", "/steps/1/with/items", 8, 11],
    says: "add `items`",
  },
  {
    what: "a list that is a number",
    text: withParameters("items: 5"),
    issue: ["wrong_type", "/steps/1/with/items", 9, 14],
    says: "use a list",
  },
  {
    what: "a list that is text",
    text: withParameters("items: orders"),
    issue: ["wrong_type", "/steps/1/with/items", 9, 14],
    says: "`${{ input.orders }}`",
  },
  {
    what: "a list that is text around an expression",
    text: withParameters('items: "all ${{ input.list }}"'),
    issue: ["wrong_type", "/steps/1/with/items", 9, 14],
    says: "one expression that gives a list",
  },
  {
    what: "a list in an unclosed expression",
    text: withParameters('items: "${{ input.list"'),
    issue: ["expression_syntax", "/steps/1/with/items", 9, 14],
    says: "not closed",
  },
  {
    what: "no steps for the items",
    text: withStep("id: b\ntype: foreach\nwith: { items: [1], steps: [] }"),
    issue: ["limit", "/steps/1/with/steps", 8, 32],
    says: "at least 1",
  },
  {
    what: "51 steps for each item",
    text: withStep(
      `id: b\ntype: foreach\nwith: { items: [1], steps: [${Array.from({ length: 51 }, (_, index) => `{ id: s${index}, type: transform, with: 1 }`).join(", ")}] }`,
    ),
    issue: ["limit", "/steps/1/with/steps", 8, 32],
    says: "at most 50",
  },
  {
    what: "no items at the same time",
    text: withParameters("items: [1]\n  concurrency: 0"),
    issue: ["wrong_value", "/steps/1/with/concurrency", 10, 20],
    says: "at least 1",
  },
  {
    what: "101 items at the same time",
    text: withParameters("items: [1]\n  concurrency: 101"),
    issue: ["wrong_value", "/steps/1/with/concurrency", 10, 20],
    says: "at most 100",
  },
  {
    what: "more than all items that may fail",
    text: withParameters('items: [1]\n  tolerate: "101%"'),
    issue: ["wrong_value", "/steps/1/with/tolerate", 10, 17],
    says: '"10%"',
  },
  {
    what: "half an item that may fail",
    text: withParameters("items: [1]\n  tolerate: 0.5"),
    issue: ["wrong_type", "/steps/1/with/tolerate", 10, 17],
    says: "how many items may fail",
  },
  {
    what: "a mistyped parameter of a list",
    text: withParameters("items: [1]\n  concurency: 5"),
    issue: ["unknown_key", "/steps/1/with/concurency", 10, 7],
    says: "did you mean `concurrency`?",
  },
  {
    what: "a mistyped key of a step in a list",
    text: withBody("id: c\ntype: transform\nwith: 1\ntimout: 5s"),
    issue: ["unknown_key", "/steps/1/with/steps/0/timout", 14, 11],
    says: "did you mean `timeout`?",
  },
  {
    what: "a mistyped parameter of a call in a list",
    text: withBody("id: c\ntype: http\nwith: { url: x, metod: GET }"),
    issue: ["unknown_key", "/steps/1/with/steps/0/with/metod", 13, 27],
    says: "did you mean `method`?",
  },
  {
    what: "a mistyped type in a list",
    text: withBody("id: c\ntype: trnsform\nwith: 1"),
    issue: ["unknown_type", "/steps/1/with/steps/0/type", 12, 17],
    says: "`transform`",
  },
  {
    what: "a type for later in a list",
    text: withBody("id: c\ntype: fail\nwith: { code: x }"),
    issue: ["not_supported_yet", "/steps/1/with/steps/0/type", 12, 17],
    says: "`fail`",
  },
  {
    what: "an undo in a list",
    text: withBody("id: c\ntype: transform\nwith: 1\nundo: {}"),
    issue: ["not_supported_yet", "/steps/1/with/steps/0/undo", 14, 11],
    says: "`undo`",
  },
  {
    what: "an id given again in a list",
    text: withBody("id: first\ntype: transform\nwith: 1"),
    issue: ["duplicate_id", "/steps/1/with/steps/0/id", 11, 15],
    says: "inside of other steps count too",
  },
  {
    what: "a list with the name of the run",
    text: withStep("id: run\ntype: foreach\nwith: { items: [1], steps: [{ id: c, type: transform, with: 1 }] }"),
    issue: ["bad_id", "/steps/1/id", 6, 9],
    says: "give it another id",
  },
  {
    what: "a need for a step around the list",
    text: withBody("id: c\ntype: transform\nneeds: [first]\nwith: 1"),
    issue: ["unknown_step", "/steps/1/with/steps/0/needs/0", 13, 19],
    says: "put it into `needs` of `b`",
  },
  {
    what: "a need for a step in a list",
    text: withBody("id: c\ntype: transform\nwith: 1", "\n- { id: d, type: transform, needs: [c], with: 1 }").replace(
      "    - { id: d",
      "  - { id: d",
    ),
    issue: ["unknown_step", "/steps/2/needs/0", 14, 39],
    says: "name `b`, which it is part of",
  },
  {
    what: "steps of a list that wait for each other",
    text: withBody("id: c\ntype: transform\nneeds: [c]\nwith: 1"),
    issue: ["cycle", "/steps/1/with/steps/0/needs", 13, 18],
    says: "c -> c",
  },
  {
    what: "a step of a list that is read outside",
    text: withBody("id: c\ntype: transform\nwith: 1", `\n${AFTER}"\${{ steps.c }}" }`).replace(
      "    - { id: d",
      "  - { id: d",
    ),
    issue: ["out_of_scope", "/steps/2/with", 14, 37],
    says: "read `steps.b`",
  },
  {
    what: "an error in a list that is read outside",
    text: withBody("id: c\ntype: transform\nwith: 1", `\n${AFTER}"\${{ errors.c.code }}" }`).replace(
      "    - { id: d",
      "  - { id: d",
    ),
    issue: ["out_of_scope", "/steps/2/with", 14, 37],
    says: "runs for each item of `b`",
  },
  {
    what: "the list itself, read by one of its steps",
    text: withBody('id: c\ntype: transform\nwith: "${{ steps.b }}"'),
    issue: ["needs_order", "/steps/1/with/steps/0/with", 13, 17],
    says: "`b` is not done while its items run",
  },
  {
    what: "a step around the list that is done too late",
    text: withBody('id: c\ntype: transform\nwith: "${{ steps.d }}"', `\n${AFTER}1 }`).replace(
      "    - { id: d",
      "  - { id: d",
    ),
    issue: ["needs_order", "/steps/1/with/steps/0/with", 13, 17],
    says: "add `d` to `needs` of `b`",
  },
  {
    what: "a later step of the same item",
    text: withBody('id: c\ntype: transform\nwith: "${{ steps.e }}"', "\n    - { id: e, type: transform, with: 1 }"),
    issue: ["needs_order", "/steps/1/with/steps/0/with", 13, 17],
    says: "add `e` to `needs` of `c`",
  },
  {
    what: "an item in the list that it is of",
    text: withParameters('items: "${{ item.list }}"'),
    issue: ["out_of_scope", "/steps/1/with/items", 9, 14],
    says: "`item`",
  },
  {
    what: "lists five deep",
    text: nested(5),
    issue: ["limit", `/steps/0${"/with/steps/0".repeat(4)}/type`, 2, 237],
    says: "more than 4 deep",
  },
  {
    what: "more than 500 steps with those in lists",
    text: `name: a\nsteps:\n${Array.from(
      { length: 251 },
      (_, index) =>
        `  - { id: e${index}, type: foreach, with: { items: [1], steps: [{ id: s${index}, type: transform, with: 1 }] } }`,
    ).join("\n")}`,
    issue: ["limit", "/steps", 3, 3],
    says: "502 steps",
  },
];
