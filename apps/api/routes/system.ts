import { healthSchema, whoamiSchema } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { health } from '../health.ts';
import { jsonAnswer, route } from '../http/route.ts';
import { router } from '../http/router.ts';

const tags = ['system'];

const healthz = route({
  method: 'get',
  path: '/healthz',
  tags,
  security: [],
  summary: 'The process answers; says what is missing, and is 200 all the same',
  responses: { 200: jsonAnswer(healthSchema, 'Its state') },
});

const readyz = route({
  method: 'get',
  path: '/readyz',
  tags,
  security: [],
  summary: 'Work can be accepted: 200, else 503',
  responses: { 200: jsonAnswer(healthSchema, 'Ready'), 503: jsonAnswer(healthSchema, 'Not ready; `missing` says why') },
});

const whoami = route({
  method: 'get',
  path: '/v1/whoami',
  tags,
  summary: 'Who the token speaks for',
  responses: { 200: jsonAnswer(whoamiSchema, 'The caller') },
});

export const systemRoutes = (deps: Deps) =>
  router()
    .openapi(healthz, async (c) => c.json(await health(deps), 200))
    .openapi(readyz, async (c) => {
      const state = await health(deps);
      return state.ok ? c.json(state, 200) : c.json(state, 503);
    })
    .openapi(whoami, (c) => {
      const { actor, role, token, subject, expiresAt } = c.get('caller');
      const clusters = subject.kind === 'worker' ? ['*'] : [...subject.scope.clusters];
      const groups = subject.kind === 'person' ? [...(subject.groups ?? [])] : [];
      return c.json({ actor, role, clusters, expiresAt, token, groups }, 200);
    });
