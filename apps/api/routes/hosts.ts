import { z } from 'zod';
import {
  addHostSchema,
  givenReasonSchema,
  hostViewSchema,
  pageOf,
  pinHostSchema,
  reasonSchema,
  setHostSchema,
} from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { namedPage, paged } from '../http/page.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { addHost } from '../verbs/hosts/add.ts';
import { listHosts } from '../verbs/hosts/list.ts';
import { operateOnHost } from '../verbs/hosts/operate.ts';
import { pinHost } from '../verbs/hosts/pin.ts';
import { removeHost } from '../verbs/hosts/remove.ts';
import { setHost } from '../verbs/hosts/set.ts';
import { showHost } from '../verbs/hosts/show.ts';
import { accepted, acceptedAnswer } from './accepted.ts';

const tags = ['hosts'];
const params = z.object({ name: z.string() });

const list = paged(
  route({
    method: 'get',
    path: '/v1/hosts',
    tags,
    summary: 'All hosts, by name, with what was last seen of each',
    responses: { 200: jsonAnswer(pageOf(hostViewSchema), 'The hosts') },
  }),
);

const add = route({
  method: 'post',
  path: '/v1/hosts',
  tags,
  summary: 'Register a host; nothing is connected to',
  request: { body: jsonBody(addHostSchema) },
  responses: { 201: jsonAnswer(hostViewSchema, 'The host') },
});

const show = route({
  method: 'get',
  path: '/v1/hosts/{name}',
  tags,
  summary: 'One host',
  request: { params },
  responses: { 200: jsonAnswer(hostViewSchema, 'The host') },
});

const remove = route({
  method: 'delete',
  path: '/v1/hosts/{name}',
  tags,
  summary: 'Forget a host that belongs to no cluster; nothing on it is touched',
  request: { params },
  responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'Its name') },
});

const probe = route({
  method: 'post',
  path: '/v1/hosts/{name}/probe',
  tags,
  summary: 'Look at a host: reachable, host key, engine, system',
  request: { params, body: jsonBody(reasonSchema) },
  responses: { 202: acceptedAnswer },
});

const pin = route({
  method: 'post',
  path: '/v1/hosts/{name}/pin',
  tags,
  summary: 'Hold a host to another SSH key, if it shows that key and the engine behind it is the one on record',
  request: { params, body: jsonBody(pinHostSchema) },
  responses: { 202: acceptedAnswer },
});

const set = route({
  method: 'post',
  path: '/v1/hosts/{name}/set',
  tags,
  summary:
    'Reach a host at another address or port, as another user or through another bastion, if it is the one on record',
  request: { params, body: jsonBody(setHostSchema) },
  responses: { 202: acceptedAnswer },
});

const clean = route({
  method: 'post',
  path: '/v1/hosts/{name}/clean',
  tags,
  summary: 'Remove what Flotilla left on a host: the probe image',
  request: { params, body: jsonBody(reasonSchema) },
  responses: { 202: acceptedAnswer },
});

const restartEngine = route({
  method: 'post',
  path: '/v1/hosts/{name}/restart-engine',
  tags,
  summary: 'Restart the Docker Engine of a host; containers without a restart policy stop',
  request: { params, body: jsonBody(givenReasonSchema) },
  responses: { 202: acceptedAnswer },
});

export const hostRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) =>
      c.json(await listHosts({ ctx: contextOf(deps, c), input: namedPage(c.req.query()) }), 200),
    )
    .openapi(add, async (c) => c.json(await addHost({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201))
    .openapi(show, async (c) => c.json(await showHost({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200))
    .openapi(remove, async (c) =>
      c.json(await removeHost({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(probe, async (c) => {
      const request = { kind: 'probe-host', host: c.req.valid('param').name } as const;
      const { reason } = c.req.valid('json');
      return accepted(c, await operateOnHost({ ctx: contextOf(deps, c), input: { request, reason } }));
    })
    .openapi(pin, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') };
      return accepted(c, await pinHost({ ctx: contextOf(deps, c), input }));
    })
    .openapi(set, async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') };
      return accepted(c, await setHost({ ctx: contextOf(deps, c), input }));
    })
    .openapi(clean, async (c) => {
      const request = { kind: 'clean-host', host: c.req.valid('param').name } as const;
      const { reason } = c.req.valid('json');
      return accepted(c, await operateOnHost({ ctx: contextOf(deps, c), input: { request, reason } }));
    })
    .openapi(restartEngine, async (c) => {
      const { reason } = c.req.valid('json');
      const request = { kind: 'restart-engine', host: c.req.valid('param').name, reason } as const;
      return accepted(c, await operateOnHost({ ctx: contextOf(deps, c), input: { request, reason } }));
    });
