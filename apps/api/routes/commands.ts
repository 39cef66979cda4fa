import { commandAnswerSchema, commandRequestSchema } from '#core/command/answer.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { runCommand } from '../verbs/commands/run.ts';

const run = route({
  method: 'post',
  path: '/v1/commands',
  tags: ['commands'],
  summary: 'Say in one line what is wanted, as in chat: `verify prod`, `service update web --image nginx:1.27 in prod`',
  request: { body: jsonBody(commandRequestSchema) },
  responses: { 200: jsonAnswer(commandAnswerSchema, 'What was understood, and what came of it') },
});

export const commandRoutes = (deps: Deps) =>
  router().openapi(run, async (c) =>
    c.json(await runCommand({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 200),
  );
