import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES } from "../../../src/language/expression/functions/table.ts";
import {
  FUEL_DEFAULT,
  LIST_LENGTH_MAX,
  MEMORY_BYTES_MAX,
  SOURCE_LENGTH_MAX,
} from "../../../src/language/expression/limits.ts";
import { evaluateAgainst } from "../language/expression/plain-value.ts";
import { quotedWords, readDocument, readTable } from "./documents.ts";

const page = readDocument("docs/expressions.md");
const SECTIONS = ["Texts", "Numbers", "Lists", "Objects", "Any value", "Dates", "Encodings"];
const rows = SECTIONS.flatMap((section) => readTable(page, `### ${section}`));

/** What an expression gives, as the page writes it. */
function valueOf(source: string): string {
  try {
    return JSON.stringify(evaluateAgainst(source, { input: {} })) ?? "nothing";
  } catch {
    return "an error";
  }
}

describe("docs/expressions.md", () => {
  it("lists every function, each once", () => {
    const names = rows.flatMap(([name = ""]) => quotedWords(name));
    expect(names.toSorted()).toEqual(FUNCTION_NAMES.map((name) => `$${name}`).toSorted());
  });

  it.each(rows.map(([name = "", , example = "", value = ""]) => ({ name, example, value })))(
    "the example of $name gives what the page says",
    ({ name, example, value }) => {
      const [source = ""] = quotedWords(example);
      expect(source).toContain(quotedWords(name)[0]);
      expect(valueOf(source)).toBe(quotedWords(value)[0] ?? value);
    },
  );

  it("tells the bounds that are in force", () => {
    const bounds = new Map(readTable(page, "## Bounds").map(([bound = "", limit = ""]) => [bound, limit]));
    expect(bounds.get("work of one `with`, `if` or `output`")).toContain(FUEL_DEFAULT.toLocaleString("en-US"));
    expect(bounds.get("memory that it makes")).toBe(`${MEMORY_BYTES_MAX / 1024 / 1024} MiB`);
    expect(bounds.get("length of an expression")).toBe(`${SOURCE_LENGTH_MAX.toLocaleString("en-US")} characters`);
    expect(bounds.get("list that it makes")).toBe(`${LIST_LENGTH_MAX.toLocaleString("en-US")} entries`);
  });

  it("what the traps say to write instead is an expression", () => {
    for (const [, , instead = ""] of readTable(page, "## Traps")) {
      const [source = ""] = quotedWords(instead);
      expect(valueOf(source.replace("...", "[], $string"))).not.toBe("an error");
    }
  });
});
