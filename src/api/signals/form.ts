import { isJsonObject, type Json, type JsonObject } from "../../domain/json.ts";

/** How one value is asked for. */
export type FieldInput =
  | { readonly kind: "text"; readonly type: "text" | "email" | "url" | "date" }
  /** Text of several lines. */
  | { readonly kind: "area" }
  | {
      readonly kind: "number";
      readonly isInteger: boolean;
      readonly min: number | null;
      readonly max: number | null;
    }
  | { readonly kind: "choice"; readonly options: readonly FormOption[] }
  /** Any JSON, written as such: what no other input can take. */
  | { readonly kind: "json" };

/** One of the values that a field can have. */
export interface FormOption {
  /** What a form sends for it: a text as it is, everything else as JSON. */
  readonly text: string;
  readonly label: string;
  readonly value: Json;
}

/** One value that is asked for. */
export interface FormField {
  readonly kind: "field";
  /** What a form sends it as: the pointer without its first slash, or `payload` for the whole. */
  readonly name: string;
  /** JSON Pointer into the payload. */
  readonly pointer: string;
  readonly label: string;
  readonly description: string | null;
  readonly isRequired: boolean;
  /** Whether it may be null. */
  readonly takesNull: boolean;
  /** What stands in it at first, as a form sends it. */
  readonly initial: string;
  readonly input: FieldInput;
}

/** An object in the payload whose members are asked for one by one. */
export interface FormGroup {
  readonly kind: "group";
  readonly pointer: string;
  readonly label: string;
  readonly description: string | null;
  readonly isRequired: boolean;
  readonly fields: readonly FormField[];
}

/** What is asked for. */
export interface Form {
  readonly title: string | null;
  readonly description: string | null;
  /** Whether the payload is an object of the entries; else the only entry is the payload. */
  readonly isObject: boolean;
  /** Whether anything may be sent, as no schema says what. */
  readonly isFree: boolean;
  readonly entries: readonly (FormField | FormGroup)[];
}

/** The whole payload as a field. */
export const PAYLOAD_FIELD = "payload";

/** Beyond these a schema is not meant for people, and its payload is asked for as JSON. */
const FIELDS_MAX = 100;
const OPTIONS_MAX = 200;

/** Text that may be longer than this gets more than one line. */
const LINE_LENGTH_MAX = 120;

const TEXT_TYPES: ReadonlyMap<Json | undefined, "email" | "url" | "date"> = new Map([
  ["email", "email"],
  ["uri", "url"],
  ["date", "date"],
]);

const YES_OR_NO: readonly FormOption[] = [
  { text: "true", label: "Yes", value: true },
  { text: "false", label: "No", value: false },
];

/**
 * Plans the form that asks for a payload: a field for each member of an object, one level of objects in it as groups,
 * JSON for everything that is more involved.
 *
 * @param schema - JSON Schema of the payload; null when anything goes.
 * @returns The form.
 */
export function planForm(schema: JsonObject | null): Form {
  const entries = schema === null ? null : planMembers(schema, "", true);
  const about = { title: textOf(schema?.["title"]), description: describe(schema) };
  if (entries !== null && countFields(entries) <= FIELDS_MAX) {
    return { ...about, isObject: true, isFree: false, entries };
  }
  const member = schema === null ? "Payload" : "Answer";
  const whole = planField(schema ?? {}, { member, pointer: "", isRequired: schema !== null });
  return { ...about, isObject: false, isFree: schema === null, entries: [{ ...whole, description: null }] };
}

/** Null for what is no object of known members, or asks for more than those. */
function planMembers(schema: JsonObject, pointer: string, hasGroups: boolean): (FormField | FormGroup)[] | null {
  const { properties, required } = schema;
  const needed = Array.isArray(required) ? required : [];
  const isPlain = isJsonObject(properties) && (schema["type"] ?? "object") === "object";
  if (!isPlain || !needed.every((name) => typeof name === "string" && Object.hasOwn(properties, name))) {
    return null;
  }
  const members = Object.entries(properties);
  // A browser sends no field without a name.
  const isAskable = members.length > 0 && members.length <= FIELDS_MAX && !Object.hasOwn(properties, "");
  return !isAskable
    ? null
    : members.map(([member, written]) => {
        const place = `${pointer}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        const about = { member, pointer: place, isRequired: needed.includes(member) };
        const inner = isJsonObject(written) ? written : {};
        return (hasGroups ? planGroup(inner, about) : null) ?? planField(inner, about);
      });
}

/** A value in the payload. */
interface Place {
  /** What it is called where its schema gives it no title. */
  readonly member: string;
  readonly pointer: string;
  readonly isRequired: boolean;
}

function planGroup(schema: JsonObject, { member, pointer, isRequired }: Place): FormGroup | null {
  const fields = planMembers(schema, pointer, false)?.filter((entry) => entry.kind === "field");
  const about = { label: textOf(schema["title"]) ?? member, description: describe(schema) };
  return fields === undefined ? null : { kind: "group", pointer, isRequired, ...about, fields };
}

function planField(schema: JsonObject, { member, pointer, isRequired }: Place): FormField {
  const types = [schema["type"] ?? []].flat().filter((type) => type !== "null");
  const plan = types.length === 1 ? INPUTS.get(types[0]) : undefined;
  const input = planChoice(schema) ?? plan?.(schema) ?? { kind: "json" };
  return {
    kind: "field",
    name: pointer === "" ? PAYLOAD_FIELD : pointer.slice(1),
    pointer,
    label: textOf(schema["title"]) ?? member,
    description: describe(schema),
    isRequired,
    takesNull: [schema["type"]].flat().includes("null"),
    initial: writeInitial(schema["default"], input),
    input,
  };
}

/** What asks for a value of a type; everything else is asked for as JSON. */
const INPUTS: ReadonlyMap<Json | undefined, (schema: JsonObject) => FieldInput> = new Map([
  ["string", planText],
  ["number", planNumber],
  ["integer", planInteger],
  ["boolean", (): FieldInput => ({ kind: "choice", options: YES_OR_NO })],
]);

function planText({ maxLength, format }: JsonObject): FieldInput {
  return Number(maxLength ?? 0) > LINE_LENGTH_MAX
    ? { kind: "area" }
    : { kind: "text", type: TEXT_TYPES.get(format) ?? "text" };
}

function planNumber({ minimum, maximum }: JsonObject): FieldInput {
  const [min = null] = mapNumber(minimum, (bound) => bound);
  const [max = null] = mapNumber(maximum, (bound) => bound);
  return { kind: "number", isInteger: false, min, max };
}

/** The next whole numbers within: browsers count their steps from the bound. */
function planInteger({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): FieldInput {
  const lower = [...mapNumber(minimum, Math.ceil), ...mapNumber(exclusiveMinimum, (bound) => Math.floor(bound) + 1)];
  const upper = [...mapNumber(maximum, Math.floor), ...mapNumber(exclusiveMaximum, (bound) => Math.ceil(bound) - 1)];
  return {
    kind: "number",
    isInteger: true,
    min: lower.length === 0 ? null : Math.max(...lower),
    max: upper.length === 0 ? null : Math.min(...upper),
  };
}

function mapNumber(value: Json | undefined, change: (bound: number) => number): readonly number[] {
  return typeof value === "number" ? [change(value)] : [];
}

/** `enum`, `const`, and the way to give values titles: `oneOf` or `anyOf` of nothing but `const`. */
function planChoice(schema: JsonObject): FieldInput | null {
  const listed = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  if (Array.isArray(listed)) {
    return choiceOf(listed.map((value) => optionOf(value, null)));
  }
  const named = schema["oneOf"] ?? schema["anyOf"];
  if (!Array.isArray(named)) {
    return null;
  }
  const options = named.flatMap((each) => {
    const value = isJsonObject(each) ? each["const"] : undefined;
    return value === undefined ? [] : [optionOf(value, isJsonObject(each) ? textOf(each["title"]) : null)];
  });
  return options.length === named.length ? choiceOf(options) : null;
}

/** Null where what is sent would not tell which: of "1" and 1, or whether the empty text or nothing is meant. */
function choiceOf(options: readonly FormOption[]): FieldInput | null {
  const texts = new Set(options.map(({ text }) => text));
  const isClear = texts.size === options.length && !texts.has("");
  return isClear && options.length > 0 && options.length <= OPTIONS_MAX ? { kind: "choice", options } : null;
}

function optionOf(value: Json, title: string | null): FormOption {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { text, label: title ?? text, value };
}

function writeInitial(value: Json | undefined, input: FieldInput): string {
  if (value === undefined) {
    return "";
  }
  if (input.kind === "json") {
    return JSON.stringify(value, null, 2);
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function describe(schema: JsonObject | null): string | null {
  return textOf(schema?.["description"]);
}

function countFields(entries: readonly (FormField | FormGroup)[]): number {
  return entries.reduce((sum, entry) => sum + (entry.kind === "group" ? entry.fields.length : 1), 0);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
