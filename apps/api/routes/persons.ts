import { z } from 'zod';
import {
  addPersonSchema,
  createTokenSchema,
  linkSchema,
  madeTokenSchema,
  personViewSchema,
  rollTokenSchema,
  setRoleSchema,
  tokenViewSchema,
} from '#core/access/contract.ts';
import { reasonSchema } from '#core/wire.ts';
import type { Deps } from '../deps.ts';
import { contextOf } from '../http/context.ts';
import { jsonAnswer, jsonBody, route } from '../http/route.ts';
import { router } from '../http/router.ts';
import { addPerson } from '../verbs/persons/add.ts';
import { linkIdentity, unlinkIdentity } from '../verbs/persons/identities.ts';
import { listPersons } from '../verbs/persons/list.ts';
import { removePerson } from '../verbs/persons/remove.ts';
import { setRole } from '../verbs/persons/set-role.ts';
import { showPerson } from '../verbs/persons/show.ts';
import { createToken } from '../verbs/tokens/create.ts';
import { listTokens } from '../verbs/tokens/list.ts';
import { revokeToken } from '../verbs/tokens/revoke.ts';
import { rollToken } from '../verbs/tokens/roll.ts';

const tags = ['persons'];
const personParam = z.object({ person: z.string().describe('Name or id') });
const tokenParam = z.object({ token: z.string().describe('The public id') });
const onePerson = { 200: jsonAnswer(personViewSchema, 'The person') };
const madeToken = { 201: jsonAnswer(madeTokenSchema, 'The token: this is the only time that it is told') };

const list = route({
  method: 'get',
  path: '/v1/persons',
  tags,
  summary: 'Everybody, by name',
  responses: { 200: jsonAnswer(z.object({ items: z.array(personViewSchema) }), 'The persons') },
});
const show = route({
  method: 'get',
  path: '/v1/persons/{person}',
  tags,
  summary: 'One person with the identities that he is known by',
  request: { params: personParam },
  responses: onePerson,
});
const add = route({
  method: 'post',
  path: '/v1/persons',
  tags,
  summary: 'Add a person; make him a token afterwards',
  request: { body: jsonBody(addPersonSchema) },
  responses: { 201: jsonAnswer(personViewSchema, 'The person') },
});
const role = route({
  method: 'put',
  path: '/v1/persons/{person}/role',
  tags,
  summary: 'Change the most that a person may do, at once and for all identities',
  request: { params: personParam, body: jsonBody(setRoleSchema) },
  responses: onePerson,
});
const remove = route({
  method: 'delete',
  path: '/v1/persons/{person}',
  tags,
  summary: 'Remove a person: tokens are over at once, approvals that were not used count no more',
  request: { params: personParam },
  responses: { 200: jsonAnswer(z.object({ removed: z.string() }), 'Who was removed') },
});
const link = route({
  method: 'post',
  path: '/v1/persons/{person}/identities',
  tags,
  summary: 'Say that an account elsewhere (Slack, CI) is this person',
  request: { params: personParam, body: jsonBody(linkSchema) },
  responses: onePerson,
});
const unlink = route({
  method: 'delete',
  path: '/v1/persons/{person}/identities',
  tags,
  summary: 'Say that an account elsewhere is this person no more',
  request: { params: personParam, query: z.object(linkSchema.shape) },
  responses: onePerson,
});

const tokens = route({
  method: 'get',
  path: '/v1/tokens',
  tags,
  summary: "One's own tokens, or everybody's for an admin; the newest first, never the secret",
  responses: { 200: jsonAnswer(z.object({ items: z.array(tokenViewSchema) }), 'The tokens') },
});
const create = route({
  method: 'post',
  path: '/v1/tokens',
  tags,
  summary: 'Make a token; never for more than the one that asks',
  request: { body: jsonBody(createTokenSchema) },
  responses: madeToken,
});
const roll = route({
  method: 'post',
  path: '/v1/tokens/{token}/roll',
  tags,
  summary: 'Make a new token in the place of an old one, which stays good for a while',
  request: { params: tokenParam, body: jsonBody(rollTokenSchema) },
  responses: madeToken,
});
const revoke = route({
  method: 'post',
  path: '/v1/tokens/{token}/revoke',
  tags,
  summary: 'End a token at once',
  request: { params: tokenParam, body: jsonBody(reasonSchema) },
  responses: { 200: jsonAnswer(tokenViewSchema, 'The token') },
});

export const personRoutes = (deps: Deps) =>
  router()
    .openapi(list, async (c) => c.json(await listPersons({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(show, async (c) => c.json(await showPerson({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200))
    .openapi(add, async (c) => c.json(await addPerson({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201))
    .openapi(role, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await setRole({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(remove, async (c) =>
      c.json(await removePerson({ ctx: contextOf(deps, c), input: c.req.valid('param') }), 200),
    )
    .openapi(link, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await linkIdentity({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(unlink, async (c) => {
      const input = { ...c.req.valid('query'), ...c.req.valid('param') };
      return c.json(await unlinkIdentity({ ctx: contextOf(deps, c), input }), 200);
    })
    .openapi(tokens, async (c) => c.json(await listTokens({ ctx: contextOf(deps, c), input: {} }), 200))
    .openapi(create, async (c) =>
      c.json(await createToken({ ctx: contextOf(deps, c), input: c.req.valid('json') }), 201),
    )
    .openapi(roll, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await rollToken({ ctx: contextOf(deps, c), input }), 201);
    })
    .openapi(revoke, async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') };
      return c.json(await revokeToken({ ctx: contextOf(deps, c), input }), 200);
    });
