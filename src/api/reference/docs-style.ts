/** The style of the reference page; it stands in the page, so that the page is one answer. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --text: #1b1f24; --back: #fff; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --back: #16181c; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: var(--link); }
h1 { margin-top: 0; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .25rem; font-size: 1.05rem; overflow-wrap: anywhere; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
code { background: var(--soft); padding: .1em .3em; border-radius: 4px; overflow-wrap: break-word; }
pre { background: var(--soft); padding: .75rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
table { table-layout: fixed; border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0; border-top: 1px solid var(--line); overflow-wrap: break-word; }
.parameters th:nth-child(1) { width: 20%; }
.parameters th:nth-child(2) { width: 9%; }
.parameters th:nth-child(3) { width: 33%; }
.members th:nth-child(1) { width: 24%; }
.members th:nth-child(2) { width: 36%; }
.answers th:nth-child(1), .problems th:nth-child(2) { width: 9%; }
.answers th:nth-child(2) { width: 33%; }
.problems th:nth-child(1) { width: 27%; }
nav ul { columns: 18rem; padding-left: 1.2rem; }
nav li { overflow-wrap: anywhere; break-inside: avoid; }
@media (max-width: 45rem) {
  body { padding: 1rem; }
  tr { display: flex; flex-wrap: wrap; gap: .15rem .75rem; padding: .45rem 0; border-top: 1px solid var(--line); }
  tr:first-child { font-size: .8rem; }
  th, td { border: 0; padding: 0; max-width: 100%; width: auto !important; }
  td:last-child { flex-basis: 100%; }
  td:empty { display: none; }
}
`;
