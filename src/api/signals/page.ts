import { createHash } from "node:crypto";
import { describeProblem, type Problem } from "../http/problem.ts";
import { escapeHtml } from "../reference/html.ts";
import type { SignalAsk } from "./ask.ts";
import { type FormState, writeFields, writeIssues } from "./field-html.ts";
import { fieldsOf } from "./form-values.ts";
import { planForm } from "./form.ts";
import { SIGNAL_PAGE_STYLE } from "./page-style.ts";

/** What a page says. */
interface PageParts {
  /** What the tab and the history of a browser show. */
  readonly title: string;
  /** HTML. */
  readonly main: string;
}

const LOGO =
  '<svg class="logo" viewBox="0 0 32 32" width="20" height="20" aria-hidden="true"><rect width="32" height="32" rx="7"/><path d="M8 24 24 8"/><circle cx="10" cy="9" r="2.5"/><circle cx="23" cy="23" r="2.5"/></svg>';

/**
 * Writes the page that asks for a signal. It needs no script.
 *
 * @param ask - What is asked for.
 * @param state - What stands in the form, and what is wrong with that.
 * @returns HTML.
 */
export function writeAskPage(ask: SignalAsk, state: FormState): string {
  const form = planForm(ask.schema);
  const title = form.title ?? ask.name;
  const later =
    ask.state === "not_yet"
      ? '<p class="note">The run does not wait for this yet. Your answer is kept until it does.</p>'
      : "";
  const fields = form.isFree
    ? `<p class="hint">No particular answer is asked for: send the form as it is, or write JSON.</p>${writeFields(form, state)}`
    : writeFields(form, state);
  return writePage({
    title: `${state.issues.length === 0 ? "" : "Error: "}${title}`,
    main: `<h1><bdi>${escapeHtml(title)}</bdi></h1>
${form.description === null ? "" : `<p class="lines">${escapeHtml(form.description)}</p>`}
${later}${writeFacts(ask)}${writeIssues(fieldsOf(form), state.issues)}
<form method="post" class="panel" autocomplete="off">${fields}<div><button type="submit">Send</button></div></form>
<p class="muted">Nothing happens before you send. This address counts once, whoever uses it: do not pass it on.</p>`,
  });
}

/**
 * Writes the page for an address by which a signal was sent.
 *
 * @param ask - What was asked for.
 * @param isReplay - Whether it was sent earlier, so that what came now changed nothing.
 * @returns HTML.
 */
export function writeAnsweredPage(ask: SignalAsk, isReplay: boolean): string {
  const when = ask.answeredAt === null ? "" : ` on ${instantHtml(ask.answeredAt)}`;
  const sentence = isReplay
    ? `This was answered${when}. An address counts once: the first answer stands, and a further one changes nothing.`
    : "Your answer has been sent. You can close this page.";
  const title = isReplay ? "Already answered" : "Thank you";
  return writePage({
    title: `${title}: ${ask.name}`,
    main: `<h1>${title}</h1><p class="note done" role="status">${sentence}</p>${writeFacts(ask)}`,
  });
}

/**
 * Writes the page for an address at which nothing is asked for.
 *
 * @param refusal - Why.
 * @returns HTML.
 */
export function writeRefusalPage(refusal: Problem): string {
  const { title } = describeProblem(refusal.code);
  const sentence = `${refusal.detail.charAt(0).toUpperCase()}${refusal.detail.slice(1)}.`;
  return writePage({ title, main: `<h1>${escapeHtml(title)}</h1><p class="lines">${escapeHtml(sentence)}</p>` });
}

let policy: string | null = null;

/**
 * Gives the policy of the pages: no script, no style but their own, nothing loaded, and forms that lead back to them.
 *
 * @returns The value of `Content-Security-Policy`.
 */
export function contentPolicy(): string {
  policy ??= `default-src 'none'; style-src 'sha256-${createHash("sha256").update(SIGNAL_PAGE_STYLE).digest("base64")}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
  return policy;
}

function writePage({ title, main }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex, nofollow">
<title>${escapeHtml(title)}</title><style>${SIGNAL_PAGE_STYLE}</style>
</head>
<body>
<header>${LOGO}<span>Baton</span></header>
<main>${main}</main>
</body>
</html>
`;
}

function writeFacts(ask: SignalAsk): string {
  const { workflow, runId, name, step, startedBy, startedAt, since, until, addressExpiresAt } = ask;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Workflow", `<bdi>${escapeHtml(workflow)}</bdi>`],
    ["Signal", `<bdi>${escapeHtml(name)}</bdi>`],
    ["Run", `<span title="${runId}">${runId.slice(0, 8)}…${runId.slice(-4)}</span>`],
    ["Step", step === null ? null : `<bdi>${escapeHtml(step)}</bdi>`],
    ["Started by", `<bdi>${escapeHtml(startedBy)}</bdi>, ${instantHtml(startedAt)}`],
    ["Waiting since", since === null ? null : instantHtml(since)],
    ["Waits until", step === null ? null : until === null ? "it is answered" : instantHtml(until)],
    ["Address works until", instantHtml(addressExpiresAt)],
  ];
  const rows = facts.flatMap(([label, html]) => (html === null ? [] : [`<dt>${label}</dt><dd>${html}</dd>`]));
  return `<dl class="facts">${rows.join("")}</dl>`;
}

/** To the minute, in UTC: the page cannot know where it is read. */
function instantHtml(at: Date): string {
  const text = at.toISOString();
  return `<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`;
}
