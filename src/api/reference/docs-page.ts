import { isJsonObject, type Json, type JsonObject } from "../../domain/json.ts";
import { describeProblem, PROBLEM_CODES } from "../http/problem.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { escapeHtml, proseHtml } from "./html.ts";
import { descriptionOf, memberRows, typeHtml } from "./schema-table.ts";

interface PageOperation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly operation: JsonObject;
}

/**
 * Writes the reference as one page without scripts.
 *
 * @param document - The OpenAPI document.
 * @returns HTML.
 */
export function writeDocsPage(document: JsonObject): string {
  const operations = operationsOf(document);
  const sections = [...Map.groupBy(operations, ({ tag }) => tag)].map(
    ([tag, ofTag]) =>
      `<h2>${escapeHtml(tag)}</h2><p>${proseHtml(describeTag(document, tag))}</p>${ofTag.map(writeOperation).join("")}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Baton API reference</title><style>${DOCS_STYLE}</style>
</head>
<body>
<header><h1>Baton API</h1>
${INTRODUCTION}</header>
<nav aria-label="Operations"><ul>${operations.map(writeLink).join("")}</ul></nav>
<main>${sections.join("")}
<h2>Shapes</h2>${writeShapes(document)}
<h2>Problems</h2>${PROBLEMS}</main>
</body>
</html>
`;
}

const EVENT_STREAM = "text/event-stream";

const INTRODUCTION = `<p>JSON over HTTP. Send the API key as <code>Authorization: Bearer &lt;key&gt;</code>.
Instants are ISO 8601 in UTC; durations in fields named <code>…Ms</code> are in milliseconds. Unknown fields are refused.
Every refusal is an RFC 9457 problem; its <code>code</code> is listed <a href="#problems">below</a>.
The same as an <a href="/api/openapi.json">OpenAPI 3.1 document</a>;
the <a href="/api/schema/workflow">JSON Schema of recipes</a>.</p>
<pre>curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/yaml" --data-binary @recipe.yaml $URL/api/workflows
curl -H "Authorization: Bearer $KEY" -X POST "$URL/api/workflows/hello/runs?wait=10s"
curl -H "Authorization: Bearer $KEY" $URL/api/runs/$ID/why</pre>`;

const PROBLEMS = `<table class="problems" id="problems"><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>${PROBLEM_CODES.map(
  (code) => {
    const { status, title } = describeProblem(code);
    return `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`;
  },
).join("")}</table>`;

function operationsOf(document: JsonObject): readonly PageOperation[] {
  return entriesOf(document["paths"]).flatMap(([path, methods]) =>
    entriesOf(methods).flatMap(([method, operation]) =>
      isJsonObject(operation) ? [{ method: method.toUpperCase(), path, tag: tagOf(operation), operation }] : [],
    ),
  );
}

function tagOf(operation: JsonObject): string {
  const tags = operation["tags"];
  return Array.isArray(tags) ? textOf(tags[0]) : "";
}

function describeTag(document: JsonObject, tag: string): string {
  const tags = document["tags"];
  const found = (Array.isArray(tags) ? tags : []).filter(isJsonObject).find(({ name }) => name === tag);
  return textOf(found?.["description"]);
}

function writeLink({ method, path, operation }: PageOperation): string {
  return `<li><a href="#${textOf(operation["operationId"])}">${method} ${escapeHtml(path)}</a></li>`;
}

function writeOperation({ method, path, operation }: PageOperation): string {
  const id = textOf(operation["operationId"]);
  return `<section id="${id}"><h3><span class="method">${method}</span><code>${escapeHtml(path)}</code></h3>
<p>${proseHtml(textOf(operation["summary"]))}. ${proseHtml(textOf(operation["description"]))}</p>
${writeParameters(operation["parameters"])}${writeBody(operation["requestBody"])}${writeResponses(operation["responses"])}</section>`;
}

function writeParameters(parameters: Json | undefined): string {
  const rows = (Array.isArray(parameters) ? parameters : []).flatMap((parameter) => {
    if (!isJsonObject(parameter)) {
      return [];
    }
    const { name, in: place, schema } = parameter;
    return `<tr><td><code>${textOf(name)}</code></td><td>${textOf(place)}</td><td>${typeHtml(schema)}</td>
<td>${proseHtml(textOf(parameter["description"]) || descriptionOf(schema))}</td></tr>`;
  });
  return rows.length === 0
    ? ""
    : `<table class="parameters"><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr>${rows.join("")}</table>`;
}

function writeBody(body: Json | undefined): string {
  const [media] = contentOf(body);
  if (media === undefined) {
    return "";
  }
  const { schema } = media;
  return `<p>Body: ${typeHtml(schema)}. ${proseHtml(descriptionOf(schema))}</p>${tableOf(memberRows(schema))}`;
}

interface Media {
  readonly type: string;
  readonly schema: Json | undefined;
}

function contentOf(value: Json | undefined): readonly Media[] {
  return entriesOf(isJsonObject(value) ? value["content"] : undefined).map(([type, media]) => ({
    type,
    schema: isJsonObject(media) ? media["schema"] : undefined,
  }));
}

function writeResponses(responses: Json | undefined): string {
  const rows = entriesOf(responses).map(([status, response]) => {
    const content = contentOf(response);
    const streams = content.filter(({ type }) => type === EVENT_STREAM);
    const sentences = [
      isJsonObject(response) ? textOf(response["description"]) : "",
      ...streams.map(({ schema }) => `As a stream: ${descriptionOf(schema)}`),
    ];
    const shapes = content.map(({ type, schema }) => (type === EVENT_STREAM ? "server-sent events" : typeHtml(schema)));
    return `<tr><td>${escapeHtml(status)}</td><td>${shapes.join(", or ")}</td><td>${proseHtml(sentences.join(" "))}</td></tr>`;
  });
  return `<table class="answers"><tr><th>Status</th><th>Body</th><th>Meaning</th></tr>${rows.join("")}</table>`;
}

function writeShapes(document: JsonObject): string {
  const components = document["components"];
  const schemas = isJsonObject(components) ? components["schemas"] : undefined;
  return entriesOf(schemas)
    .map(([name, schema]) => {
      // The members of a plain object are in its table.
      const isPlain = isJsonObject(schema) && "properties" in schema;
      const about = `${isPlain ? "" : `${typeHtml(schema)}. `}${proseHtml(descriptionOf(schema))}`;
      const heading = `<h3>${escapeHtml(name)}</h3>${about === "" ? "" : `<p>${about}</p>`}`;
      return `<section id="shape-${escapeHtml(name)}">${heading}${tableOf(memberRows(schema))}</section>`;
    })
    .join("");
}

function tableOf(rows: string): string {
  return rows === ""
    ? ""
    : `<table class="members"><tr><th>Member</th><th>Type</th><th>Meaning</th></tr>${rows}</table>`;
}

function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
