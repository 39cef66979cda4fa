import { z } from 'zod';
import { htmlOf, reportPolicy } from '#core/reports/html/page.ts';
import { linkDays, linkState } from '#core/reports/link.ts';
import type { Deps } from '../deps.ts';
import { route, streamAnswer, streamed } from '../http/route.ts';
import { router } from '../http/router.ts';
import { reportOrNull } from '../views/report.ts';

const page = route({
  method: 'get',
  path: '/reports/{id}/{rest}',
  tags: ['clusters'],
  security: [],
  summary: 'One report as a page, by a link that was made for it',
  description: `For browsers, which send no token: the link is signed, for this report alone, and good for ${linkDays} days.`,
  request: { params: z.object({ id: z.string(), rest: z.string().describe('Until when, and the signature') }) },
  responses: { 200: streamAnswer('text/html', 'The report') },
});

/** What a person with a browser reads: see core/reports/link.ts. Refusals are a sentence, not JSON. */
export const reportPageRoutes = (deps: Deps) =>
  router().openapi(page, async (c) => {
    const { id, rest } = c.req.valid('param');
    const { sealer, store, nowMs } = deps;
    const state = sealer === null ? 'wrong' : await linkState(sealer, { id, rest }, nowMs());
    if (state === 'wrong')
      return streamed(c.text('This is no link to a report. Copy it whole, as it was shown.\n', 401));
    const elsewhere = `Whoever has a token reads it with: flotilla reports show ${id}\n`;
    if (state === 'over')
      return streamed(c.text(`This link was good for ${linkDays} days, and is over. ${elsewhere}`, 410));
    const report = await reportOrNull(store.read, id);
    if (report === null) return streamed(c.text('This report is not kept any more.\n', 410));
    return streamed(
      c.body(htmlOf(report), 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `${reportPolicy}; frame-ancestors 'none'`,
        // A search engine that finds the link somewhere keeps nothing of it.
        'x-robots-tag': 'noindex',
      }),
    );
  });
