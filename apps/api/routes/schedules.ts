import { z } from 'zod';
import { scheduleRequestSchema, scheduleSchema } from '#core/schedule.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { removeSchedule } from '../verbs/schedules/remove.ts';
import { setSchedule } from '../verbs/schedules/set.ts';
import { showSchedule } from '../verbs/schedules/show.ts';

const tags = ['clusters'];
const params = z.object({ cluster: z.string() });
const path = '/v1/clusters/{cluster}/schedule';
const answer = jsonAnswer(z.object({ schedule: scheduleSchema.nullable() }), 'The schedule; null when there is none');

const show = route({
  method: 'get',
  path,
  tags,
  summary: 'How often the cluster is verified without being asked',
  request: { params },
  responses: { 200: answer },
});

const set = route({
  method: 'put',
  path,
  tags,
  summary: 'Verify the cluster by itself, once in so many seconds',
  description:
    'The first one starts after one interval. One that is due waits until nothing of the cluster is unfinished; what was missed is not made up.',
  request: { params, body: jsonBody(scheduleRequestSchema) },
  responses: { 200: answer },
});

const remove = route({
  method: 'delete',
  path,
  tags,
  summary: 'Let nothing start by itself any more',
  request: { params },
  responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'The name of the cluster') },
});

export const scheduleRoutes = (deps: Deps) =>
  router()
    .openapi(show, async (c) =>
      c.json(await showSchedule({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(set, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await setSchedule({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(remove, async (c) =>
      c.json(await removeSchedule({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    );
