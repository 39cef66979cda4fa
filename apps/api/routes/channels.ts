import { z } from 'zod';
import { channelViewSchema, followSchema } from '#core/channels.ts';
import type { Deps } from '../deps.ts';
import { clusterMeant } from '../every-cluster.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { followCluster } from '../verbs/channels/follow.ts';
import { listChannels } from '../verbs/channels/list.ts';
import { unfollowCluster } from '../verbs/channels/unfollow.ts';

const tags = ['slack'];
const params = z.object({ cluster: z.string().max(100).describe('A name, or `all` for those without a channel') });
const one = { 200: jsonAnswer(channelViewSchema, 'The channel') };

const list = route({
  method: 'get',
  path: '/v1/channels',
  tags,
  summary: 'Which Slack channel is told what happens to which cluster',
  responses: { 200: jsonAnswer(z.object({ items: z.array(channelViewSchema) }), 'The channels') },
});
const follow = route({
  method: 'put',
  path: '/v1/channels/{cluster}',
  tags,
  summary: 'Have a Slack channel told what happens to a cluster',
  request: { params, body: jsonBody(followSchema) },
  responses: one,
});
const unfollow = route({
  method: 'delete',
  path: '/v1/channels/{cluster}',
  tags,
  summary: 'Have no Slack channel told any more',
  request: { params },
  responses: one,
});

export const channelRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listChannels({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(follow, async (c) => {
      const input = { cluster: clusterMeant(c.req.valid('param').cluster), channel: c.req.valid('json').channel };
      return c.json(await followCluster({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(unfollow, async (c) => {
      const input = { cluster: clusterMeant(c.req.valid('param').cluster) };
      return c.json(await unfollowCluster({ ctx: contextOf(deps, c), input }), 200);
    });
