import type { ValueIssue } from "../../domain/run/command.ts";
import { escapeHtml } from "../reference/html.ts";
import type { Form, FormField, FormGroup, FormOption } from "./form.ts";

/** What stands in a form. */
export interface FormState {
  /** As they were sent; null: nothing was sent yet. */
  readonly sent: URLSearchParams | null;
  readonly issues: readonly ValueIssue[];
}

/** More of them are quicker found in a list that opens. */
const RADIOS_MAX = 6;

const LINES_OF_JSON = 6;

/**
 * Writes the fields of a form.
 *
 * @param form - The form.
 * @param state - What stands in it, and what is wrong with that.
 * @returns HTML.
 */
export function writeFields(form: Form, state: FormState): string {
  return form.entries
    .map((entry) => (entry.kind === "group" ? writeGroup(entry, state) : writeField(entry, entry.isRequired, state)))
    .join("");
}

/**
 * Writes everything that is wrong, each with a link to its field.
 *
 * @param fields - The fields of the form.
 * @param issues - What is wrong.
 * @returns HTML; empty when nothing is.
 */
export function writeIssues(fields: readonly FormField[], issues: readonly ValueIssue[]): string {
  const items = issues.map(({ path, message }) => {
    const field = fields.find((each) => isWithin(path, each));
    const place = field === undefined ? path : field.label;
    const text = `${place === "" ? "" : `<bdi>${escapeHtml(place)}</bdi>: `}${escapeHtml(message)}`;
    return field === undefined ? `<li>${text}</li>` : `<li><a href="#${idOf(field)}">${text}</a></li>`;
  });
  return items.length === 0
    ? ""
    : `<div class="problem" role="alert"><p><strong>Nothing was sent.</strong> Please correct this:</p><ul>${items.join("")}</ul></div>`;
}

function writeGroup({ label, description, isRequired, fields }: FormGroup, state: FormState): string {
  const inner = fields.map((field) => writeField(field, isRequired && field.isRequired, state)).join("");
  return `<fieldset class="group"><legend>${labelHtml(label, isRequired)}</legend>${writeHint(null, description)}${inner}</fieldset>`;
}

/** A field of a group that may be left out is needed only where the group is begun: that is for the server to say. */
function writeField(field: FormField, isRequired: boolean, state: FormState): string {
  const { input } = field;
  const id = idOf(field);
  const issues = state.issues.filter(({ path }) => isWithin(path, field)).map(({ message }) => message);
  const hint = writeHint(`${id}-hint`, field.description);
  const error = issues.length === 0 ? "" : `<p class="error" id="${id}-error">${escapeHtml(issues.join("; "))}</p>`;
  const about = describeBy(id, hint !== "", error !== "");
  const named = `name="${escapeHtml(field.name)}"${isRequired && !field.takesNull ? " required" : ""}`;
  const value = state.sent === null ? field.initial : (state.sent.get(field.name) ?? "");
  const label = labelHtml(field.label, field.isRequired);
  if (input.kind === "choice" && input.options.length <= RADIOS_MAX) {
    const radios = writeRadios(field, input.options, { named, value });
    return `<fieldset class="choices" role="radiogroup"${about}><legend>${label}</legend>${hint}${radios}${error}</fieldset>`;
  }
  const control = writeControl(field, `id="${id}" ${named}${about}`, value);
  return `<div class="field"><label for="${id}">${label}</label>${hint}${control}${error}</div>`;
}

function describeBy(id: string, hasHint: boolean, hasError: boolean): string {
  const ids = [...(hasHint ? [`${id}-hint`] : []), ...(hasError ? [`${id}-error`] : [])];
  const described = ids.length === 0 ? "" : ` aria-describedby="${ids.join(" ")}"`;
  return `${described}${hasError ? ' aria-invalid="true"' : ""}`;
}

function writeControl({ input, isRequired }: FormField, attributes: string, value: string): string {
  switch (input.kind) {
    case "text":
      return `<input type="${shows(input.type, value) ? input.type : "text"}" ${attributes} value="${escapeHtml(value)}">`;
    case "number": {
      const bounds = Object.entries({ min: input.min, max: input.max }).flatMap(([name, bound]) =>
        bound === null ? [] : [` ${name}="${bound}"`],
      );
      return !shows("number", value)
        ? `<input type="text" inputmode="decimal" ${attributes} value="${escapeHtml(value)}">`
        : `<input type="number" step="${input.isInteger ? "1" : "any"}"${bounds.join("")} ${attributes} value="${escapeHtml(value)}">`;
    }
    case "area":
      return `<textarea ${attributes}>\n${escapeHtml(value)}</textarea>`;
    case "json":
      return `<textarea class="json" rows="${LINES_OF_JSON}" spellcheck="false" ${attributes}>\n${escapeHtml(value)}</textarea>`;
    case "choice":
      return `<select ${attributes}>${writeOptions(input.options, isRequired, value)}</select>`;
  }
}

/** Browsers leave an input empty whose value is none of its type; what was written is to stay there, to be corrected. */
function shows(type: string, value: string): boolean {
  if (value === "" || (type !== "number" && type !== "date")) {
    return true;
  }
  return type === "date" ? /^\d{4}-\d\d-\d\d$/.test(value) : Number.isFinite(Number(value));
}

function writeOptions(options: readonly FormOption[], isRequired: boolean, value: string): string {
  const none = `<option value="">${isRequired ? "Choose one" : "No answer"}</option>`;
  return `${none}${options
    .map(
      ({ text, label }) =>
        `<option value="${escapeHtml(text)}"${text === value ? " selected" : ""}>${escapeHtml(label)}</option>`,
    )
    .join("")}`;
}

function writeRadios(
  field: FormField,
  options: readonly FormOption[],
  { named, value }: { readonly named: string; readonly value: string },
): string {
  const none: readonly FormOption[] = field.isRequired ? [] : [{ text: "", label: "No answer", value: null }];
  return [...options, ...none]
    .map(({ text, label }, index) => {
      const id = index === 0 ? ` id="${idOf(field)}"` : "";
      const checked = text === value ? " checked" : "";
      return `<label class="choice"><input type="radio"${id} ${named} value="${escapeHtml(text)}"${checked}><bdi>${escapeHtml(label)}</bdi></label>`;
    })
    .join("");
}

function labelHtml(label: string, isRequired: boolean): string {
  return `<bdi>${escapeHtml(label)}</bdi>${isRequired ? "" : ' <span class="optional">(optional)</span>'}`;
}

function writeHint(id: string | null, description: string | null): string {
  const attribute = id === null ? "" : ` id="${id}"`;
  return description === null ? "" : `<p class="hint lines"${attribute}>${escapeHtml(description)}</p>`;
}

/** Whether what is wrong at a pointer is wrong with what a field asks for. */
function isWithin(path: string, { pointer }: FormField): boolean {
  return path === pointer || path.startsWith(`${pointer}/`);
}

/** Names of members are text of users, so their bytes are written out where an id could not hold them. */
function idOf({ name }: FormField): string {
  const safe = name.replaceAll(/[^A-Za-z0-9]/g, (character) => `-${character.codePointAt(0)?.toString(16) ?? ""}-`);
  return `field-${safe}`;
}
