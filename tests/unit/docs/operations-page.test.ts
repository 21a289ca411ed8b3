import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quotedWords, readDocument, readTable } from "./documents.ts";

const SOURCE = join(import.meta.dirname, "..", "..", "..", "src");

function readSource(): string {
  const paths = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  return paths.map((path) => readDocument(join("src", path))).join("\n");
}

describe("docs/operations.md", () => {
  const page = readDocument("docs/operations.md");

  it("explains log messages as the code writes them", () => {
    const source = readSource();
    const messages = readTable(page, "### What the log says").flatMap(([message = ""]) => quotedWords(message));
    expect(messages.filter((message) => !source.includes(`"${message}"`))).toEqual([]);
  });

  it("explains fields that health has", () => {
    const contract = readDocument("src/api/health/contract.ts");
    const fields = readTable(page, "## Health").flatMap(([field = ""]) => quotedWords(field));
    expect(fields.filter((field) => !contract.includes(`${field}:`))).toEqual([]);
  });

  it("names variables that the Worker reads", () => {
    const declared = readDocument("src/env.ts");
    const variables = readTable(page, "## Variables of the Worker").flatMap(([names = ""]) => quotedWords(names));
    expect(variables.filter((name) => !declared.includes(`${name}?:`))).toEqual([]);
  });
});
