/**
 * The style of the page of a signal; it stands in the page, which asks for nothing else. Colours are those of the
 * dashboard: a test compares them.
 */
export const SIGNAL_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#f6f8fa, #0f1216);
  --panel: light-dark(#ffffff, #171b21);
  --line: light-dark(#d5dbe1, #2b323b);
  --line-strong: light-dark(#8b949e, #5b6570);
  --text: light-dark(#1a1f25, #e6eaef);
  --muted: light-dark(#57606a, #9aa5b1);
  --accent: light-dark(#1f5fd0, #7fb0ff);
  --on-accent: light-dark(#ffffff, #0b1626);
  --ok: light-dark(#1a7f37, #5fd38a);
  --bad: light-dark(#b42318, #ff8f85);
  --wait: light-dark(#6639ba, #c8a8ff);
  --bad-soft: light-dark(#fdf0ee, #2a1716);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  --radius: 8px;
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 var(--sans); overflow-wrap: anywhere; }
h1, p, dl, dd, ul, fieldset, legend { margin: 0; padding: 0; border: 0; min-width: 0; }
header { display: flex; align-items: center; gap: 8px; height: 48px; padding: 0 16px; border-bottom: 1px solid var(--line); background: var(--panel); font-weight: 650; }
.logo rect { fill: #1f5fd0; }
.logo path { stroke: #fff; stroke-width: 5; stroke-linecap: round; }
.logo circle { fill: #fff; }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; max-width: 640px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 22px; line-height: 1.25; }
.lines { white-space: pre-line; }
.muted { color: var(--muted); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; font-size: 14px; }
.facts dt { color: var(--muted); }
.panel { display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; padding: 20px 16px; border: 1px solid var(--line); border-radius: var(--radius); background: var(--panel); }
.note { padding: 10px 12px; border: 1px solid var(--line); border-left: 4px solid var(--wait); border-radius: 6px; background: var(--panel); }
.done { border-left-color: var(--ok); }
.problem { padding: 10px 12px; border: 1px solid var(--bad); border-radius: 6px; background: var(--bad-soft); }
.problem ul { padding-left: 20px; }
.problem a { color: inherit; }
.field, .group, .choices { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; }
.group { gap: 16px; padding: 16px 0 0 14px; border-left: 2px solid var(--line); }
label, legend { font-weight: 600; }
legend { margin-bottom: 6px; }
.group > legend { float: left; width: 100%; margin: 0; }
.group > legend + * { clear: both; }
.choice { display: flex; align-items: center; gap: 10px; min-height: 32px; font-weight: 400; }
.choice input { flex: none; width: 20px; height: 20px; margin: 0; accent-color: var(--accent); }
.optional { color: var(--muted); font-weight: 400; }
.hint { color: var(--muted); font-size: 14px; }
.error { color: var(--bad); font-size: 14px; }
input:not([type="radio"]), select, textarea { width: 100%; min-height: 44px; padding: 8px 12px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--panel); color: var(--text); font: inherit; font-size: 16px; }
textarea { min-height: 110px; resize: vertical; }
textarea.json { font-family: var(--mono); font-size: 14px; }
[aria-invalid="true"] { border-color: var(--bad); }
button { min-height: 44px; padding: 0 20px; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 480px) {
  button { width: 100%; }
}
`;
