import { useSignal } from "@preact/signals";
import { createElement, type JSX, type TargetedSubmitEvent } from "preact";
import { useId, useMemo } from "preact/hooks";
import { type FieldInput, type Form, type FormField, planForm } from "../../../src/api/signals/form.ts";
import { isJsonObject } from "../../../src/domain/json.ts";
import type { ApiProblem } from "../../api-call.ts";
import { newKey, sendSignal } from "../../api-client.ts";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Json, ValueIssue } from "../../model/api-types.ts";
import { isWithin, writePayload } from "../../model/signal-payload.ts";
import { notify } from "../../state/notices.ts";

/**
 * Asks for the payload of a signal, and sends it. However often it is sent from one form, it counts once.
 *
 * @param props - The run, the signal's name, the JSON Schema of its payload, and whom to tell that it was sent.
 * @returns The form.
 */
export function SignalForm({
  runId,
  name,
  schema,
  onSent,
}: {
  readonly runId: string;
  readonly name: string;
  readonly schema: Json;
  readonly onSent: () => void;
}): JSX.Element {
  const key = useMemo(newKey, []);
  const isBusy = useSignal(false);
  const issues = useSignal<readonly ValueIssue[]>([]);
  const problem = useSignal<ApiProblem | null>(null);
  const form = planForm(isJsonObject(schema) ? schema : null);
  const send = async (data: FormData): Promise<void> => {
    problem.value = null;
    const written = writePayload(form, (field) => textIn(data, field));
    issues.value = written.ok ? [] : written.issues;
    if (!written.ok || isBusy.value) return;
    isBusy.value = true;
    const result = await sendSignal(runId, name, { payload: written.text, key });
    isBusy.value = false;
    if (result.ok) {
      notify("info", result.value.status === "replayed" ? `${name} was sent before; it counts once.` : `Sent ${name}.`);
      onSent();
    } else {
      issues.value = result.problem.issues;
      problem.value = issues.value.length === 0 ? result.problem : null;
    }
  };
  return (
    <form
      class="signal-form"
      aria-label={`Signal ${name}`}
      onSubmit={(event: TargetedSubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void send(new FormData(event.currentTarget));
      }}
    >
      <Fields form={form} issues={issues.value} />
      {issues.value.length === 0 ? null : (
        <p class="field-error" role="alert">
          Nothing was sent. Please correct what is marked above.
        </p>
      )}
      {problem.value === null ? null : <ProblemNote problem={problem.value} what="The signal was not taken" />}
      <button type="submit" class="button small primary" aria-disabled={isBusy.value}>
        {isBusy.value ? "Sending…" : `Send ${name}`}
      </button>
    </form>
  );
}

function Fields({ form, issues }: { readonly form: Form; readonly issues: readonly ValueIssue[] }): JSX.Element {
  const fields = form.entries.flatMap((entry) => (entry.kind === "group" ? entry.fields : [entry]));
  const elsewhere = issues.filter(({ path }) => !fields.some((field) => isWithin(path, field)));
  return (
    <>
      {form.title === null ? null : (
        <strong>
          <bdi>{form.title}</bdi>
        </strong>
      )}
      <Hint text={form.description} />
      {form.entries.map((entry) =>
        entry.kind === "field" ? (
          <Field key={entry.name} field={entry} isNeeded={entry.isRequired} issues={issues} />
        ) : (
          <fieldset key={entry.pointer}>
            <legend>{nameOf(entry)}</legend>
            <Hint text={entry.description} />
            {entry.fields.map((field) => (
              <Field key={field.name} field={field} isNeeded={entry.isRequired && field.isRequired} issues={issues} />
            ))}
          </fieldset>
        ),
      )}
      <Issues issues={elsewhere} field={null} />
    </>
  );
}

function Issues({
  issues,
  field,
}: {
  readonly issues: readonly ValueIssue[];
  readonly field: FormField | null;
}): readonly JSX.Element[] {
  return issues.map(({ path, message }) => (
    <p key={path + message} class="field-error">
      {path === (field?.pointer ?? "") ? null : <code>{path}</code>} {message}
    </p>
  ));
}

function Field({
  field,
  isNeeded,
  issues,
}: {
  readonly field: FormField;
  readonly isNeeded: boolean;
  readonly issues: readonly ValueIssue[];
}): JSX.Element {
  const id = useId();
  const own = issues.filter(({ path }) => isWithin(path, field));
  const attributes = {
    id,
    name: field.name,
    required: isNeeded && !field.takesNull,
    "aria-describedby": `${id}-about`,
    "aria-invalid": own.length > 0,
  };
  return (
    <div class="stacked">
      <label for={id}>{nameOf(field)}</label>
      <div id={`${id}-about`}>
        <Hint text={field.description} />
        <Issues issues={own} field={field} />
      </div>
      <Control input={field.input} initial={field.initial} attributes={attributes} />
    </div>
  );
}

function Control({
  input,
  initial,
  attributes,
}: {
  readonly input: FieldInput;
  readonly initial: string;
  readonly attributes: { readonly id: string; readonly name: string; readonly required: boolean };
}): JSX.Element {
  switch (input.kind) {
    case "text":
      return createElement("input", { ...attributes, type: input.type, defaultValue: initial });
    case "number": {
      const bounds = { min: input.min ?? undefined, max: input.max ?? undefined };
      const step = input.isInteger ? 1 : "any";
      return <input type="number" {...attributes} {...bounds} step={step} defaultValue={initial} />;
    }
    case "area":
    case "json":
      return <textarea class={input.kind} rows={4} {...attributes} defaultValue={initial} />;
    case "choice":
      return (
        <select {...attributes}>
          <option value="">{attributes.required ? "Choose one" : "No answer"}</option>
          {input.options.map(({ text, label }) => (
            <option key={text} value={text} selected={text === initial}>
              {label}
            </option>
          ))}
        </select>
      );
  }
}

function textIn(data: FormData, field: string): string {
  const text = data.get(field);
  return typeof text === "string" ? text : "";
}

function nameOf({ label, isRequired }: { readonly label: string; readonly isRequired: boolean }): JSX.Element {
  return (
    <>
      <bdi>{label}</bdi>
      {isRequired ? null : <span class="muted"> (optional)</span>}
    </>
  );
}

function Hint({ text }: { readonly text: string | null }): JSX.Element | null {
  return text === null ? null : (
    <p class="muted failure-message" dir="auto">
      {text}
    </p>
  );
}
