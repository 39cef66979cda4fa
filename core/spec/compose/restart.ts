import { asItIs, becomes, type Fate, type Found, isEmpty, leftOut, refused } from './fate.ts';
import { dependsOnce } from './words.ts';
import { isMap, valueAt } from '../../map.ts';

/** `restart` of Compose as the restart policy of a swarm, which starts what ended again unless it is told otherwise. */
export function restart(value: unknown, found: Found): Fate {
  const policy = policyOf(value);
  if (policy === undefined) return refused('must be `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`');
  return becomes(found, ['deploy', 'restart_policy'], policy, (there) => isSamePolicy(there, policy));
}

interface Policy {
  condition: 'any' | 'on-failure' | 'none';
  max_attempts?: number;
}

/** YAML of old reads `no` as false. */
function policyOf(value: unknown): Policy | undefined {
  if (value === false || value === 'no') return { condition: 'none' };
  if (value === 'always' || value === 'unless-stopped') return { condition: 'any' };
  const [isFailure, times] = /^on-failure(?::(\d+))?$/.exec(String(value)) ?? [];
  if (isFailure === undefined) return undefined;
  return { condition: 'on-failure', ...(Number(times ?? 0) > 0 ? { max_attempts: Number(times) } : {}) };
}

/** `deploy.restart_policy` may say more, but nothing else. */
const isSamePolicy = (there: unknown, { condition, max_attempts: attempts }: Policy): boolean =>
  isMap(there) &&
  (there['condition'] ?? 'any') === condition &&
  (attempts === undefined || there['max_attempts'] === attempts);

/** What is started again until it works needs no order; what runs once may run too early. */
export function dependsOn(value: unknown, { service }: Found): Fate {
  if (isEmpty(value)) return asItIs;
  const runsOnce = valueAt(service, ['deploy', 'restart_policy', 'condition']) === 'none';
  return runsOnce ? { kind: 'left-out', word: dependsOnce } : leftOut;
}
