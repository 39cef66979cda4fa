import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { openApiDocument, type OpenApiDocument } from '../document/build.ts';
import { documentPage } from '../document/page.ts';
import type { AppEnv } from '../http/env.ts';

/** The OpenAPI 3.1 document of the app, and a page to read it; both made once, when first asked for. */
export function documentRoutes({ version }: Deps, app: Parameters<typeof openApiDocument>[0]) {
  let document: OpenApiDocument | null = null;
  let page: Awaited<ReturnType<typeof documentPage>> | null = null;
  const made = (): OpenApiDocument => (document ??= openApiDocument(app, version));
  return new Hono<AppEnv>()
    .get('/openapi.json', (c) => c.json(made()))
    .get('/docs', async (c) => {
      page ??= await documentPage(made());
      return c.html(page.html, 200, { 'content-security-policy': page.policy });
    });
}
