/** What the value of a JSON Schema keyword has to be. */
export type KeywordKind =
  | "any"
  | "boolean"
  | "count"
  | "list"
  | "number"
  | "pattern"
  | "format"
  | "ref"
  | "schema"
  | "schemaList"
  | "schemaMap"
  | "text"
  | "textList"
  | "textListMap"
  | "type";

/** The keywords of JSON Schema 2020-12 that an input schema may use. */
export const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ...["title", "description", "$comment", "$schema", "contentEncoding", "contentMediaType"].map(kind("text")),
  ...["default", "const"].map(kind("any")),
  ...["examples", "enum"].map(kind("list")),
  ...["deprecated", "readOnly", "writeOnly", "uniqueItems"].map(kind("boolean")),
  ...["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"].map(kind("count")),
  ...["minProperties", "maxProperties"].map(kind("count")),
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].map(kind("number")),
  ...["not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames"].map(kind("schema")),
  ...["unevaluatedProperties", "unevaluatedItems"].map(kind("schema")),
  ...["allOf", "anyOf", "oneOf", "prefixItems"].map(kind("schemaList")),
  ...["properties", "$defs", "definitions", "dependentSchemas"].map(kind("schemaMap")),
  ["type", "type"],
  ["pattern", "pattern"],
  ["format", "format"],
  ["$ref", "ref"],
  ["required", "textList"],
  ["dependentRequired", "textListMap"],
]);

/** Keywords of JSON Schema that an input schema may not use, and why. */
export const REFUSED_KEYWORDS: ReadonlyMap<string, string> = new Map([
  ["patternProperties", "use `properties`, or `additionalProperties` with `propertyNames: { pattern: ... }`"],
  ["$id", "leave it out: the schema stands alone"],
  ["$anchor", "use `$defs` and `$ref: '#/$defs/name'`"],
  ["$dynamicRef", "use `$defs` and `$ref: '#/$defs/name'`"],
  ["$dynamicAnchor", "use `$defs` and `$ref: '#/$defs/name'`"],
  ["$vocabulary", "leave it out"],
]);

/** The types that JSON Schema knows. */
export const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];

/** The formats that are checked. `regex` and `url` are not: checking those can take exponential time. */
export const FORMATS =
  "date time date-time duration uri uri-reference email hostname ipv4 ipv6 uuid json-pointer".split(" ");

/** Keywords whose schemas apply to the same value as the schema around them; so do those of `dependentSchemas`. */
export const IN_PLACE_KEYWORDS = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/** Keywords whose schemas apply to each entry or member of the value. */
export const CHILD_KEYWORDS =
  "items prefixItems contains additionalProperties propertyNames unevaluatedProperties unevaluatedItems".split(" ");

function kind(value: KeywordKind): (name: string) => readonly [string, KeywordKind] {
  return (name) => [name, value];
}
