/** The style of the page; light or dark as the reader's system is. */
export const style = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #5c6878; --line: #dfe4ea; --page: #fff; --inset: #f6f8fa; --link: #0b62c4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #dde3ea; --soft: #93a0b0; --line: #2c3642; --page: #12171d; --inset: #1a2129; --link: #6cb0ff; }
}
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); color: var(--text); background: var(--page);
  font: 15px/1.5 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; border-right: 1px solid var(--line); font-size: 13px; }
nav h1 { font-size: 1.2rem; margin: 0; } nav h2 { font-size: .85rem; margin: 1rem 0 .25rem; text-transform: capitalize; }
nav ul { list-style: none; margin: 0; padding: 0; } nav li { overflow-wrap: anywhere; padding: .1rem 0; }
small, .limits, .about { color: var(--soft); } .limits { font-size: .85em; }
main { padding: 1.5rem 2rem 6rem; max-width: 62rem; }
main h2 { margin: 2.2rem 0 0; text-transform: capitalize; scroll-margin-top: 1rem; } main h2 + p { margin: .1rem 0 .8rem; color: var(--soft); }
h4 { margin: .9rem 0 .3rem; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
nav li a { color: inherit; display: grid; grid-template-columns: 4.1em 1fr; }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, monospace; }
header p code { background: var(--inset); padding: .1em .35em; border-radius: 4px; }
.route { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
.route > summary { cursor: pointer; padding: .5rem .8rem; } .route[open] > summary { border-bottom: 1px solid var(--line); }
.inside { padding: .3rem 1rem 1rem; scroll-margin-top: 3.5rem; overflow-x: auto; }
.method { display: inline-block; min-width: 4.1em; font: 600 .78em ui-monospace, monospace; }
.get { color: #1a7f5a; } .post { color: #2563c9; } .put { color: #a15c00; } .delete { color: #c0362c; }
@media (prefers-color-scheme: dark) { .get { color: #4cc79a; } .post { color: #7db1ff; } .put { color: #e0a04a; } .delete { color: #ff8177; } }
.type { color: var(--soft); font: .88em ui-monospace, monospace; } a.type { color: var(--link); }
ul ul, .inside ul { margin: .1rem 0; padding-left: 1.1rem; border-left: 1px solid var(--line); list-style: none; }
.inside li { padding: .08rem 0; }
table { border-collapse: collapse; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
.answer { margin: .35rem 0; } .content { background: var(--inset); border-radius: 6px; padding: .4rem .7rem; margin: .25rem 0; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`;
