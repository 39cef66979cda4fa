/** The style of a report's page; light or dark as the reader's system is, and readable on a phone and on paper. */
export const style = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #5c6878; --line: #dfe4ea; --page: #fff; --inset: #f5f7f9;
  --ok: #14724f; --bad: #b3261e; --warn: #8a5a00; --note: #2563c9; --ok-bg: #e3f4ec; --bad-bg: #fbe6e4; --warn-bg: #fbf0d9; --none-bg: #eef1f4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #dde3ea; --soft: #93a0b0; --line: #2c3642; --page: #12171d; --inset: #1a2129;
    --ok: #5fd1a5; --bad: #ff8f86; --warn: #e6b45c; --note: #7db1ff; --ok-bg: #143327; --bad-bg: #45201e; --warn-bg: #3a2e16; --none-bg: #1e262f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1.25rem 4rem; color: var(--text); background: var(--page); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
.verdict { display: inline-block; margin: .6rem 0; padding: .25rem .8rem; border-radius: 999px; font-weight: 600; }
.passed { color: var(--ok); background: var(--ok-bg); } .failed { color: var(--bad); background: var(--bad-bg); } .incomplete { color: var(--warn); background: var(--warn-bg); }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .3rem 0 0; color: var(--soft); } .facts b { color: var(--text); }
.note { color: var(--soft); margin: .4rem 0; }
code, pre { font: .9em/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.finding { border: 1px solid var(--line); border-left-width: 5px; border-radius: 8px; padding: .8rem 1rem; margin: .7rem 0; overflow-wrap: anywhere; }
.finding.error { border-left-color: var(--bad); } .finding.warning { border-left-color: var(--warn); } .finding.info { border-left-color: var(--note); }
.finding h3 { font-size: 1rem; margin: 0; } .tags { color: var(--soft); font-size: .88em; margin: .15rem 0 .4rem; display: flex; flex-wrap: wrap; gap: .1rem .9rem; }
.severity { font-weight: 600; } .error > .tags .severity { color: var(--bad); } .warning > .tags .severity { color: var(--warn); } .info > .tags .severity { color: var(--note); }
.fix { margin: .5rem 0 0; } .fix b { color: var(--ok); }
pre { background: var(--inset); border-radius: 6px; padding: .5rem .7rem; margin: .5rem 0; white-space: pre-wrap; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--soft); } details .finding { margin: .5rem 0 .5rem .3rem; }
.wide { overflow-x: auto; width: fit-content; max-width: 100%; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; font-size: .92em; } th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; }
.matrix th, .matrix td { border: 1px solid var(--page); text-align: center; white-space: nowrap; } .matrix th[scope=row] { text-align: left; position: sticky; left: 0; background: var(--page); }
.matrix.small th, .matrix.small td { padding: .05rem .12rem; font-size: .76em; min-width: 1.55em; }
.matrix td.ok { background: var(--ok-bg); color: var(--ok); } .matrix td.bad { background: var(--bad-bg); color: var(--bad); font-weight: 700; }
.matrix td.unknown { background: var(--warn-bg); color: var(--warn); } .matrix td.none { background: var(--none-bg); color: var(--soft); }
.checks tr { border-top: 1px solid var(--line); } .checks thead tr { border: 0; color: var(--soft); }
.checks td { overflow-wrap: anywhere; } .checks td:first-child { white-space: nowrap; } .mark-bad { color: var(--bad); font-weight: 700; } .mark-unknown { color: var(--warn); } .mark-ok { color: var(--ok); } .mark-none { color: var(--soft); }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .88em; overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding: 1rem .8rem 3rem; } .checks td, .checks th { padding: .25rem .4rem; } }
@media print { .wide { overflow: visible; } }
`;
