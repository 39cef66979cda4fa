import { Redis } from 'ioredis';
import { AppError } from '#core/errors.ts';

const limitMs = 2000;

/** The policy by which a Redis throws out what it was told to keep; null when it does not, or cannot be asked. */
export async function evictionOf(connection: Pick<Redis, 'info'>): Promise<string | null> {
  const text = await connection.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? 'noeviction';
  return policy === 'noeviction' ? null : policy;
}

export const evictsText = (policy: string): string =>
  `it may throw out doorbells: its maxmemory-policy is ${policy}, and has to be noeviction`;

/**
 * Looks at a Redis before anything is started with it. One that does not answer is no reason to refuse: operations are
 * accepted and wait for it. @throws AppError `conflict` for one that evicts
 */
export async function refuseEvicting(redis: string): Promise<void> {
  const connection = new Redis(redis, {
    lazyConnect: true,
    connectTimeout: limitMs,
    commandTimeout: limitMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  connection.on('error', () => {});
  try {
    const isThere = await connection.connect().then(
      () => true,
      () => false,
    );
    const policy = isThere ? await evictionOf(connection) : null;
    if (policy === null) return;
    throw new AppError('conflict', `The Redis cannot be used: ${evictsText(policy)}`, {
      done: 'Nothing was started.',
      next: 'Set `maxmemory-policy noeviction` there (redis.conf, or `redis-cli config set`), or name another Redis.',
    });
  } finally {
    connection.disconnect();
  }
}
