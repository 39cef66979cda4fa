import { describe, expect, test } from 'vitest';
import { applyEdit } from '../edits.ts';
import { AppError } from '../errors.ts';
import type { Spec } from '../spec/spec.ts';
import { parseSpec } from '../spec/parse.ts';

const parsed = parseSpec({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' } },
  networks: { front: { attachable: true } },
  services: { lonely: { image: 'redis' } },
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
const demo = parsed.spec;

const deploy = (compose: unknown, current: Spec = demo): Spec =>
  applyEdit({ verb: 'stack deploy', args: { name: 'shop', compose }, current });

function refusal(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
function refused(act: () => unknown): string[] {
  const { issues, code, message } = refusal(act);
  return issues?.map(({ pointer, message: what }) => `${pointer} ${what}`) ?? [`${code} ${message}`];
}

const shop = { services: { web: { image: 'nginx' }, db: { image: 'redis' } } };
const names = ({ services, networks }: Spec): string[] => [...Object.keys(services), ...Object.keys(networks)];

describe('stack deploy', () => {
  test('makes services and networks of a Compose file, beside what is there', () => {
    const spec = deploy(shop);
    expect(names(spec)).toEqual(['lonely', 'shop_web', 'shop_db', 'front', 'shop_default']);
    expect(applyEdit({ verb: 'stack deploy', args: { name: 'shop', compose: shop }, current: spec })).toEqual(spec);
  });

  test('again takes away what the file no longer has, and nothing of other stacks', () => {
    const other = applyEdit({
      verb: 'stack deploy',
      args: { name: 'other', compose: { services: { web: { image: 'nginx' } } } },
      current: deploy(shop),
    });
    const spec = deploy({ services: { web: { image: 'nginx', networks: ['out'] } }, networks: { out: {} } }, other);
    expect(names(spec)).toEqual(['lonely', 'other_web', 'shop_web', 'front', 'other_default', 'shop_out']);
  });

  test('is refused with the places in the Compose file', () => {
    expect(
      refused(() => deploy({ services: { web: { image: 'nginx', networks: ['bakc'] } }, networks: { back: {} } })),
    ).toEqual([
      '/stacks/shop/compose/services/web/networks `bakc` is not among the networks of the Compose file; did you mean `back`?',
    ]);
    expect(refused(() => deploy({ services: { web: { image: 'nginx', replicas: 1 } } }))).toEqual([
      '/stacks/shop/compose/services/web/replicas is not a known key',
    ]);
    expect(refused(() => deploy('shop.yaml'))).toEqual(['/compose must be a map, not text']);
  });
});

describe('stack rm', () => {
  test('removes the services and networks of the stack', () => {
    expect(applyEdit({ verb: 'stack rm', args: { name: 'shop' }, current: deploy(shop) })).toEqual(demo);
  });

  test('is refused while others use what goes with it, and says what to remove first', () => {
    const front = { front: { external: true, name: 'shop_front' } };
    const own = { networks: { front: { attachable: true } }, volumes: { data: {} } };
    const first = deploy({ services: { web: { image: 'nginx', networks: ['front'] } }, ...own });
    const second = applyEdit({
      verb: 'stack deploy',
      args: { name: 'other', compose: { services: { web: { image: 'nginx', networks: ['front'] } }, networks: front } },
      current: first,
    });
    const third = applyEdit({
      verb: 'container run',
      args: { name: 'tool', host: 'h1', image: 'nginx', network: ['shop_front'] },
      current: second,
    });
    const remove = (current: Spec) => refusal(() => applyEdit({ verb: 'stack rm', args: { name: 'shop' }, current }));
    expect(remove(third)).toMatchObject({
      code: 'conflict',
      message:
        'What goes with the stack shop is used from outside of it: service other_web has network shop_front; container tool has network shop_front.',
      next: 'Take it away there, or remove that first: `flotilla stack rm other`, `flotilla container rm tool`.',
    });
    expect(applyEdit({ verb: 'stack rm', args: { name: 'shop' }, current: first })).toEqual(demo);
  });

  test('of a stack that is not there names the one that may be meant', () => {
    expect(refused(() => applyEdit({ verb: 'stack rm', args: { name: 'shpo' }, current: deploy(shop) }))).toEqual([
      'not_found The spec has no stack shpo; did you mean `shop`?',
    ]);
  });
});
