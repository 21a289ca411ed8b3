import type { Json } from "../../domain/json.ts";
import type { ValueIssue } from "../../domain/run/command.ts";
import { parseStrictJson } from "../../language/json-text.ts";
import { type Form, type FormField, type FormGroup, type FormOption, PAYLOAD_FIELD } from "./form.ts";

/** The payload, or everything that keeps the answers from being one. */
export type FormReading =
  | { readonly ok: true; readonly payload: Json }
  | { readonly ok: false; readonly issues: readonly ValueIssue[] };

const ISSUES_MAX = 20;

/**
 * Makes a payload of what a form sends: each field becomes a value of the type that the schema gives it, and one that is
 * left empty is left out. Without a schema, fields that are not the form's own make an object of texts.
 *
 * @param form - What was asked for.
 * @param sent - Names and texts, as the form sent them.
 * @returns The payload, which its schema has yet to accept; or issues, at most 20.
 */
export function readForm(form: Form, sent: URLSearchParams): FormReading {
  const names = [...new Set(sent.keys())];
  const issues: ValueIssue[] = [];
  if (form.isFree && names.some((name) => name !== PAYLOAD_FIELD)) {
    const payload = Object.fromEntries(names.map((name) => [name, readTexts(sent.getAll(name), issues)]));
    return conclude(payload, issues);
  }
  const known = new Set(fieldsOf(form).map(({ name }) => name));
  for (const name of names.filter((each) => !known.has(each))) {
    issues.push({ path: "", message: `there is no field \`${name.slice(0, 100)}\` in this form` });
  }
  const values = form.entries.map((entry) =>
    entry.kind === "group" ? readGroup(entry, sent, issues) : readField(entry, sent, issues),
  );
  const payload = form.isObject
    ? objectOf(form.entries.map((entry, index) => [memberOf(entry), values[index]]))
    : (values[0] ?? null);
  return conclude(payload, issues);
}

/**
 * Lists the fields of a form.
 *
 * @param form - The form.
 * @returns The fields, those of groups among them, in order.
 */
export function fieldsOf(form: Form): readonly FormField[] {
  return form.entries.flatMap((entry) => (entry.kind === "group" ? entry.fields : [entry]));
}

function conclude(payload: Json, issues: readonly ValueIssue[]): FormReading {
  return issues.length === 0 ? { ok: true, payload } : { ok: false, issues: issues.slice(0, ISSUES_MAX) };
}

/** Undefined for a group that nothing was said of and that need not be there. */
function readGroup(group: FormGroup, sent: URLSearchParams, issues: ValueIssue[]): Json | undefined {
  const isGiven = group.fields.some(({ name }) => sent.getAll(name).some((text) => text.trim() !== ""));
  if (!isGiven && !group.isRequired) {
    return undefined;
  }
  return objectOf(group.fields.map((field) => [memberOf(field), readField(field, sent, issues)]));
}

/** Undefined for a field that was left empty, or that has an issue. */
function readField(field: FormField, sent: URLSearchParams, issues: ValueIssue[]): Json | undefined {
  const [first = "", second] = sent.getAll(field.name);
  if (second !== undefined) {
    issues.push({ path: field.pointer, message: "is given twice" });
    return undefined;
  }
  const text = first.replaceAll("\r\n", "\n");
  if (text.trim() === "") {
    if (field.isRequired && !field.takesNull) {
      issues.push({ path: field.pointer, message: "an answer is needed" });
    }
    return field.isRequired && field.takesNull ? null : undefined;
  }
  const value = readText(field, text);
  if (!value.ok) {
    issues.push({ path: field.pointer, message: value.message });
  }
  return value.ok ? value.value : undefined;
}

type TextReading = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

function readText({ input }: FormField, text: string): TextReading {
  switch (input.kind) {
    case "text":
    case "area":
      return text.includes("\0") ? { ok: false, message: HAS_NUL } : { ok: true, value: text };
    case "number":
      return readNumber(text.trim());
    case "choice":
      return readChoice(input.options, text);
    case "json": {
      const read = parseStrictJson(text, "data");
      return read.ok ? read : { ok: false, message: read.message.replace("the body", "the text") };
    }
  }
}

function readNumber(text: string): TextReading {
  const read = parseStrictJson(text, "data");
  return read.ok && typeof read.value === "number"
    ? read
    : { ok: false, message: `\`${text.slice(0, 40)}\` is no number that can be kept; write it like 12.5` };
}

function readChoice(options: readonly FormOption[], text: string): TextReading {
  const option = options.find((each) => each.text === text);
  if (option !== undefined) {
    return { ok: true, value: option.value };
  }
  const shown = options.slice(0, 10).map((each) => `\`${each.text.slice(0, 40)}\``);
  return { ok: false, message: `choose one of ${shown.join(", ")}${shown.length < options.length ? ", ..." : ""}` };
}

const HAS_NUL = "holds a NUL character, which cannot be stored; remove it";

function readTexts(texts: readonly string[], issues: ValueIssue[]): Json {
  const [first = "", ...rest] = texts;
  if (texts.some((text) => text.includes("\0"))) {
    issues.push({ path: "", message: HAS_NUL });
  }
  return rest.length === 0 ? first : texts;
}

function objectOf(members: readonly (readonly [string, Json | undefined])[]): Json {
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function memberOf({ pointer }: FormField | FormGroup): string {
  return pointer
    .slice(pointer.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}
