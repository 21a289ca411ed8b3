import type { Form, FormField, FormGroup } from "../../src/api/signals/form.ts";
import type { ValueIssue } from "./api-types.ts";

/** A payload as JSON text, or what keeps the answers from being one. */
export type PayloadText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly issues: readonly ValueIssue[] };

/**
 * Writes the payload of a signal. It is written as text, so that the API reads numbers digit by digit as somebody typed
 * them, and says itself which of them cannot be kept.
 *
 * @param form - What was asked for.
 * @param sent - Gives what stands in a field, by its name.
 * @returns JSON. What is left empty is left out, as on the page behind a link; whether it may be, the API says.
 */
export function writePayload(form: Form, sent: (name: string) => string): PayloadText {
  const issues: ValueIssue[] = [];
  const writeField = (field: FormField): string | null => {
    const text = sent(field.name);
    if (text.trim() === "") return field.isRequired && field.takesNull ? "null" : null;
    const written = writeValue(field, text);
    if (written === null) issues.push({ path: field.pointer, message: "is no JSON; a text needs quotes around it" });
    return written;
  };
  const writeGroup = ({ fields, isRequired }: FormGroup): string | null => {
    const isGiven = fields.some(({ name }) => sent(name).trim() !== "");
    return isGiven || isRequired ? objectOf(fields, fields.map(writeField)) : null;
  };
  const parts = form.entries.map((entry) => (entry.kind === "group" ? writeGroup(entry) : writeField(entry)));
  const text = form.isObject ? objectOf(form.entries, parts) : (parts[0] ?? "null");
  return issues.length === 0 ? { ok: true, text } : { ok: false, issues };
}

/**
 * Tells whether what is wrong at a place is wrong with what a field asks for.
 *
 * @param path - The place, as a JSON Pointer.
 * @param field - The field.
 * @returns Whether it is the field's value or a part of it.
 */
export function isWithin(path: string, { pointer }: FormField): boolean {
  return path === pointer || path.startsWith(`${pointer}/`);
}

/** Null for what should be JSON and is none. */
function writeValue({ input }: FormField, text: string): string | null {
  switch (input.kind) {
    case "text":
    case "area":
      return JSON.stringify(text);
    case "number":
      // Browsers take `.5` and `007` too.
      return isJson(text) ? text : String(Number(text));
    case "choice":
      return JSON.stringify(input.options.find((option) => option.text === text)?.value ?? text);
    case "json":
      return isJson(text) ? text : null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function objectOf(entries: readonly { readonly pointer: string }[], parts: readonly (string | null)[]): string {
  const members = entries.flatMap(({ pointer }, index) => {
    const part = parts[index] ?? null;
    return part === null ? [] : [`${JSON.stringify(memberOf(pointer))}:${part}`];
  });
  return `{${members.join()}}`;
}

function memberOf(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}
