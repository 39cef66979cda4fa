import type { Context } from 'hono';
import { type Operation, operationSchema } from '#core/operation.ts';
import type { AppEnv } from '../http/env.ts';
import { jsonAnswer } from '../http/route.ts';

/** The answer of every route that starts work. */
export const acceptedAnswer = {
  ...jsonAnswer(operationSchema, 'The operation: it is on record and will run'),
  headers: { Location: { description: 'Where to follow it', schema: { type: 'string' as const } } },
};

export const accepted = (c: Context<AppEnv>, operation: Operation) =>
  c.json(operation, 202, { location: `/v1/operations/${operation.id}` });
