import { html, type Html, prose } from '#core/html.ts';
import { type Document, documentOf } from './model.ts';
import { anchorOf, operationView, type Placed } from './operation-view.ts';
import { schemaView } from './schema-view.ts';
import { style } from './style.ts';

export interface Page {
  html: string;
  /** Content-Security-Policy: nothing but the page's own style, which is named by its hash. */
  policy: string;
}

/** A page to read an OpenAPI document: one file, no script, nothing from elsewhere. */
export async function documentPage(openApi: object): Promise<Page> {
  const document = documentOf(openApi);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title} API</title>
        <style>
          ${{ html: style }}
        </style>
      </head>
      <body>
        <nav>${navigation(document)}</nav>
        <main>${body(document)}</main>
      </body>
    </html>`;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
  const name = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return { html: page.html, policy: `default-src 'none'; style-src 'sha256-${name}'; frame-ancestors 'none'` };
}

const groups = (document: Document): { name: string; description: string; operations: Placed[] }[] =>
  (document.tags ?? []).map(({ name, description = '' }) => ({
    name,
    description,
    operations: placed(document).filter(({ tags = [] }) => tags.includes(name)),
  }));

const placed = (document: Document): Placed[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );

const schemas = (document: Document) => Object.entries(document.components?.schemas ?? {});

const navigation = (document: Document): Html =>
  html`<h1>${document.info.title} <small>${document.info.version}</small></h1>
    <p><a href="openapi.json">openapi.json</a></p>
    ${groups(document).map(
      ({ name, operations }) =>
        html`<h2><a href="#${name}">${name}</a></h2>
          <ul>
            ${operations.map(
              (one) =>
                html`<li>
                  <a href="#${anchorOf(one)}"
                    ><b class="method ${one.method}">${one.method.toUpperCase()}</b> ${one.path.replace(/^\/v1/, '')}</a
                  >
                </li>`,
            )}
          </ul>`,
    )}
    <h2>schemas</h2>
    <ul>
      ${schemas(document).map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
    </ul>`;

const body = (document: Document): Html =>
  html`<header>${prose(document.info.description ?? '')}</header>
    ${groups(document).map(
      ({ name, description, operations }) =>
        html`<section>
          <h2 id="${name}">${name}</h2>
          <p>${description}</p>
          ${operations.map((one) => operationView(one))}
        </section>`,
    )}
    <section>
      <h2>schemas</h2>
      ${schemas(document).map(
        ([name, schema]) =>
          html`<details class="route">
            <summary><code>${name}</code></summary>
            <div id="schema-${name}" class="inside">${schemaView(schema)}</div>
          </details>`,
      )}
    </section>`;
