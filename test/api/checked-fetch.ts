import { isDeepStrictEqual } from 'node:util';
import type { App } from '#api/app.ts';
import { problemSchema } from '#core/wire.ts';
import { z } from 'zod';

/**
 * The app's fetch, which also holds every answer against the contract: JSON answers must be exactly what their route
 * declares (nothing missing, nothing more), refusals must be problems. What was answered is kept in `answers`.
 */
export function checkedFetch(app: App, answers: string[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const { method, url } = request;
    const response = await app.fetch(request);
    const type = response.headers.get('content-type') ?? '';
    if (!/json\b/.test(type) || type.includes('ndjson')) return response;
    const text = await response.clone().text();
    answers.push(text);
    const what = `${method} ${new URL(url).pathname} → ${response.status}`;
    if (response.ok) mustBe(what, schemaOf(app, method, new URL(url).pathname, response.status), JSON.parse(text));
    else if (type !== 'application/problem+json' && response.status !== 503)
      throw new Error(`${what}: not a problem: ${text}`);
    else if (type === 'application/problem+json') mustBe(what, problemSchema, JSON.parse(text));
    return response;
  };
}

function mustBe(what: string, schema: z.ZodType | null, body: unknown): void {
  if (schema === null) throw new Error(`${what}: the contract has no such answer`);
  const result = schema.safeParse(body);
  if (!result.success) throw new Error(`${what}: ${result.error.message}`);
  // Defaults of optional fields may be filled in; anything that the contract does not know would be missing here.
  const surplus = surplusOf(body, result.data, '');
  if (surplus !== null) throw new Error(`${what}: ${surplus} is not in the contract`);
}

/** Path of the first value that the contract dropped or changed; null when there is none. */
function surplusOf(sent: unknown, known: unknown, path: string): string | null {
  if (typeof sent !== 'object' || sent === null || typeof known !== 'object' || known === null) {
    return isDeepStrictEqual(sent, known) ? null : path || '/';
  }
  const other = new Map(Object.entries(known));
  for (const [key, value] of Object.entries(sent)) {
    const surplus = other.has(key) ? surplusOf(value, other.get(key), `${path}/${key}`) : `${path}/${key}`;
    if (surplus !== null) return surplus;
  }
  return null;
}

function schemaOf(app: App, method: string, path: string, status: number): z.ZodType | null {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.method !== method.toLowerCase()) continue;
    const pattern = new RegExp(`^${definition.route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    if (!pattern.test(path)) continue;
    const answer = definition.route.responses[status];
    if (answer === undefined || !('content' in answer)) continue;
    const media = answer.content?.['application/json'];
    if (media !== undefined && 'schema' in media && media.schema instanceof z.ZodType) return media.schema;
  }
  return null;
}
