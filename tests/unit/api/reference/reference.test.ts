import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../../../../src/api/operations.ts";
import { buildOpenApiDocument } from "../../../../src/api/reference/openapi-document.ts";
import { descriptionOf, memberRows, typeHtml } from "../../../../src/api/reference/schema-table.ts";
import { isJsonObject, type Json } from "../../../../src/domain/json.ts";

const RUN = { $ref: "#/components/schemas/Run" };
const RUN_LINK = '<a href="#shape-Run">Run</a>';

function objectsIn(value: Json): readonly Record<string, Json>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isJsonObject(value) ? [{ ...value }, ...Object.values(value).flatMap(objectsIn)] : [];
}

describe("a type in the reference", () => {
  it.each<readonly [string, Json, string]>([
    ["one shape or none", { anyOf: [RUN, { type: "null" }] }, `${RUN_LINK} or null`],
    [
      "a shape and more",
      { allOf: [RUN, { type: "object", properties: { a: {} } }] },
      `${RUN_LINK} and the members below`,
    ],
    ["a shape with a remark", { allOf: [RUN, { description: "Yours." }] }, RUN_LINK],
    ["text or null", { type: ["string", "null"], format: "date-time" }, "string (date-time) or null"],
    ["a number in a range", { type: "integer", minimum: 1, maximum: 200 }, "integer from 1 to 200"],
    ["a list", { type: "array", items: RUN }, `list of ${RUN_LINK}`],
    ["any JSON", { description: "Any JSON value." }, "anything"],
  ])("says %s", (_, schema, html) => {
    expect(typeHtml(schema)).toBe(html);
  });

  it("is explained where the remark on it stands in a part", () => {
    const schema = { properties: { mine: { allOf: [RUN, { description: "Yours." }] } } };
    expect(descriptionOf(schema.properties.mine)).toBe("Yours.");
    expect(memberRows(schema)).toContain("<td>Yours.</td>");
  });
});

describe("the OpenAPI document", () => {
  const text = JSON.stringify(buildOpenApiDocument(OPERATIONS.map(({ operation }) => operation)));

  it("says of every object what is in it, and of every list", () => {
    const parts = objectsIn(JSON.parse(text));
    const bare = parts.filter(
      (part) =>
        (part["type"] === "object" && !("properties" in part) && !("additionalProperties" in part)) ||
        (part["type"] === "array" && !("items" in part)),
    );
    expect(parts.length).toBeGreaterThan(500);
    expect(bare).toEqual([]);
  });
});
