import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { type HookAnswer, hookAnswerSchema, isSigned } from '#core/webhooks/contract.ts';
import { kept } from '#db/kept.ts';
import { webhookSources } from '#db/schema/index.ts';
import type { Deps } from '../deps.ts';
import { memoryLimiter } from '../http/limiter.ts';
import { takeOrRefuse } from '../http/rate-limit.ts';
import { jsonAnswer, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { keepRefused } from '../verbs/webhooks/keep-refused.ts';
import { receiveHook } from '../verbs/webhooks/receive.ts';
import type { SourceRow } from '../views/webhook.ts';
import { readBody } from '../webhooks/read-body.ts';
import { secretOpener } from '../webhooks/secrets.ts';

const receive = route({
  method: 'post',
  path: '/hooks/{source}',
  tags: ['webhooks'],
  summary: 'What a sender of webhooks calls; the address is in `path` of its source',
  description:
    'Signed as the kind of the source has it, instead of a token. A repeat, by the sender’s id or by the body, is answered with what the first one was answered with.',
  security: [],
  request: { params: z.object({ source: z.string() }) },
  responses: {
    200: jsonAnswer(hookAnswerSchema, 'Taken in: no rule wants it, or it came before'),
    202: jsonAnswer(hookAnswerSchema, 'An operation was made of it'),
  },
});

/** Refused ones of a source that are kept in a minute; beyond it they are refused all the same. */
const refusedPerMinute = 30;
/** Refusals of what came, not of what it wanted: these are kept here, the others with the command. */
const refusals = new Set([
  'unauthenticated',
  'unsupported_media_type',
  'payload_too_large',
  'request_timeout',
  'invalid_input',
]);

export function hookRoutes(deps: Deps) {
  const { limits, nowMs } = deps;
  const secretsOf = secretOpener(deps);
  const signed = memoryLimiter(limits.hooksPerMinute);
  const hints = memoryLimiter(limits.hintsPerMinute);
  const refused = memoryLimiter(refusedPerMinute);
  const take = async (source: SourceRow, request: Request, requestId: string): Promise<HookAnswer> => {
    let body: Uint8Array<ArrayBuffer> | null = null;
    try {
      body = await readBody(request, { bytesMax: limits.bodyBytesMax, withinMs: limits.hookBodyMs });
      const headers = Object.fromEntries(request.headers);
      return await receiveHook(deps, { source, secrets: await secretsOf(source), headers, body, requestId });
    } catch (error) {
      const isKept = error instanceof AppError && refusals.has(error.code);
      if (isKept && (await refused.take(source.id, nowMs())).allowed)
        await keepRefused(deps, { source, requestId, body, error });
      throw error;
    }
  };
  return router().openapi(receive, async (c) => {
    const source = await sourceById(deps, c.req.valid('param').source);
    await takeOrRefuse(isSigned(source.kind) ? signed : hints, source.id, {
      nowMs: nowMs(),
      message: 'This source sends more than it may in a minute',
    });
    const count = (state: string): void =>
      deps.meter.count('flotilla_webhooks_received_total', { kind: source.kind, state });
    const answer = await take(source, c.req.raw, c.get('requestId')).catch((error: unknown) => {
      count(error instanceof AppError ? error.code : 'internal');
      throw error;
    });
    count(answer.repeated ? 'repeated' : answer.state);
    const location = answer.operation === null ? {} : { location: `/v1/operations/${answer.operation}` };
    return c.json(answer, answer.operation === null || answer.repeated ? 200 : 202, location);
  });
}

const sourceRow = kept([webhookSources], async (read, id: string) => {
  const isIt = and(eq(webhookSources.id, id), isNull(webhookSources.removedAt));
  return (await read.query.webhookSources.findFirst({ where: isIt })) ?? null;
});

async function sourceById({ store }: Deps, id: string): Promise<SourceRow> {
  const row = await sourceRow(store.read, id);
  if (row !== null) return row;
  throw new AppError('not_found', 'There is no source of webhooks at this address', {
    done: 'Nothing was done.',
    next: 'The path of a source is shown by `flotilla webhooks show`.',
  });
}
