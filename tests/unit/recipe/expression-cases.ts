import { type IssueCase, STEP, withStep, withTemplate } from "./issue-cases.ts";

/** Mistakes in expressions and in the input schema. */
export const EXPRESSION_CASES: readonly IssueCase[] = [
  {
    what: "an unclosed expression",
    text: withTemplate('"${{ input.x"'),
    issue: ["expression_syntax", "/steps/0/with", 5, 11],
    says: "character 0",
  },
  {
    what: "an empty expression",
    text: withTemplate('"${{ }}"'),
    issue: ["expression_syntax", "/steps/0/with", 5, 11],
    says: "empty",
  },
  {
    what: "a broken expression",
    text: withTemplate("{ v: '${{ input.x + }}' }"),
    issue: ["expression_syntax", "/steps/0/with/v", 5, 16],
    says: "at character 10",
  },
  {
    what: "a number that would lose digits",
    text: withTemplate("'${{ 9007199254740993 }}'"),
    issue: ["expression_syntax", "/steps/0/with", 5, 11],
    says: "put it in quotes",
  },
  {
    what: "$eval",
    text: withTemplate("'${{ $eval(\"1\") }}'"),
    issue: ["expression_syntax", "/steps/0/with", 5, 11],
    says: "switched off",
  },
  {
    what: "a look-ahead",
    text: withTemplate("'${{ $match(input.x, /a(?=b)/) }}'"),
    issue: ["expression_syntax", "/steps/0/with", 5, 11],
    says: "linear time",
  },
  {
    what: "a condition with text around it",
    text: withStep("id: b\ntype: transform\nwith: 1\nif: is ${{ input.x }}"),
    issue: ["expression_syntax", "/steps/1/if", 9, 9],
    says: "one expression",
  },
  {
    what: "a mistyped name",
    text: withTemplate("'${{ inptu.x }}'"),
    issue: ["unknown_name", "/steps/0/with", 5, 11],
    says: "`input`",
  },
  {
    what: "a mistyped function",
    text: withTemplate("'${{ $uper(input.x) }}'"),
    issue: ["unknown_name", "/steps/0/with", 5, 11],
    says: "`$uper`",
  },
  {
    what: "an output of no step",
    text: withTemplate("'${{ steps.y }}'"),
    issue: ["unknown_step", "/steps/0/with", 5, 11],
    says: "`y`",
  },
  {
    what: "an output of a later step",
    text: withTemplate("'${{ steps.y.z }}'\n  - { id: y, type: transform, with: 1 }"),
    issue: ["needs_order", "/steps/0/with", 5, 11],
    says: "add `y` to `needs` of `x`",
  },
  {
    what: "an error of a later step",
    text: withTemplate("'${{ errors.y }}'\n  - { id: y, type: transform, with: 1 }"),
    issue: ["needs_order", "/steps/0/with", 5, 11],
    says: "add `y`",
  },
  {
    what: "its own output",
    text: withTemplate("'${{ steps.x }}'"),
    issue: ["needs_order", "/steps/0/with", 5, 11],
    says: "own output",
  },
  {
    what: "a step of the output that is not there",
    text: `name: a\n${STEP}\noutput: "\${{ steps.z }}"`,
    issue: ["unknown_step", "/output", 3, 9],
    says: "`z`",
  },
  {
    what: "secrets in a transform",
    text: withTemplate("'${{ secrets.KEY }}'"),
    issue: ["secrets_outside_http", "/steps/0/with", 5, 11],
    says: "http",
  },
  {
    what: "secrets",
    text: withStep('id: b\ntype: http\nwith: { url: "${{ secrets.KEY }}" }'),
    issue: ["not_supported_yet", "/steps/1/with/url", 8, 18],
    says: "`secrets`",
  },
  {
    what: "the result of a round",
    text: withTemplate("'${{ result.body }}'"),
    issue: ["not_supported_yet", "/steps/0/with", 5, 11],
    says: "`result`",
  },
  {
    what: "the status of the run",
    text: withTemplate("'${{ run.status }}'"),
    issue: ["not_supported_yet", "/steps/0/with", 5, 11],
    says: "`run.status`",
  },
  {
    what: "an item without a list",
    text: withTemplate("'${{ item.x }}'"),
    issue: ["out_of_scope", "/steps/0/with", 5, 11],
    says: "inside of a `foreach`",
  },
  {
    what: "an index without a list",
    text: withTemplate("'${{ index + 1 }}'"),
    issue: ["out_of_scope", "/steps/0/with", 5, 11],
    says: "`index`",
  },
  {
    what: "an item in the brackets of other languages",
    text: withTemplate("'{{ item.x }}'"),
    issue: ["expression_syntax", "/steps/0/with", 5, 11],
    says: "${{ item.x }}",
  },
  {
    what: "an input that is no object",
    text: `name: a\ninput: text\n${STEP}`,
    issue: ["wrong_type", "/input", 2, 8],
    says: "not an object",
  },
  {
    what: "an input that is no schema",
    text: `name: a\ninput: { type: strng }\n${STEP}`,
    issue: ["input_schema", "/input/type", 2, 16],
    says: "`string`",
  },
];
