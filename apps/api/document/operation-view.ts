import { html, type Html, inline, prose } from '#core/html.ts';
import type { Content, Operation, Parameter } from './model.ts';
import { schemaView } from './schema-view.ts';

export interface Placed extends Operation {
  method: string;
  path: string;
}

export const anchorOf = ({ method, path }: Placed): string =>
  `${method}-${path.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}`;

/** One route, folded. The anchor is inside, so that a link to it unfolds it. */
export const operationView = (operation: Placed): Html =>
  html`<details class="route">
    <summary>
      <b class="method ${operation.method}">${operation.method.toUpperCase()}</b> <code>${operation.path}</code>
      <span class="about">${inline(operation.summary ?? '')}</span>
    </summary>
    <div id="${anchorOf(operation)}" class="inside">
      ${operation.description === undefined ? null : prose(operation.description)}
      ${parametersView(operation.parameters ?? [])}
      ${
        operation.requestBody === undefined
          ? null
          : html`<h4>Body</h4>
              ${contentView(operation.requestBody.content)}`
      }
      ${answersView(operation)}
    </div>
  </details>`;

function parametersView(parameters: readonly Parameter[]): Html | null {
  if (parameters.length === 0) return null;
  const rows = parameters.map(
    (one) =>
      html`<tr>
        <td><code>${one.name}</code>${one.required === true ? '' : '?'}</td>
        <td>${one.in}</td>
        <td>${schemaView(one.schema ?? {})} ${one.description === undefined ? null : inline(one.description)}</td>
      </tr>`,
  );
  return html`<h4>Parameters</h4>
    <table>
      ${rows}
    </table>`;
}

const answersView = ({ responses }: Operation): Html =>
  html`<h4>Answers</h4>
    ${Object.entries(responses).map(
      ([status, { description, content }]) =>
        html`<div class="answer">
          <b>${status === 'default' ? 'else' : status}</b> ${inline(description)}
          ${content === undefined ? null : contentView(content)}
        </div>`,
    )}`;

const contentView = (content: Content): Html =>
  html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`<div class="content"><span class="limits">${type}</span> ${schemaView(schema ?? {})}</div>`,
  )}`;
