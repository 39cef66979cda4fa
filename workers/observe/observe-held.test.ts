import { afterEach, expect, test } from 'vitest';
import { madeConfigs } from '#core/engine/made-config.ts';
import { clusterLabel, configLabel } from '#core/spec/names.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { EngineClient } from '../docker/engine.ts';
import { engineThat } from '../testing/local-engine.ts';
import { observeHeld } from './observe-held.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const engine of open.splice(0)) await engine[Symbol.asyncDispose]();
});

const ours = { [clusterLabel]: 'demo', [configLabel]: 'site' };
const config = (Name: string, Labels: Record<string, string> = {}) => ({
  ID: `id-${Name}`,
  Spec: { Name, Labels, Data: Buffer.from('listen 80;').toString('base64') },
});

/** A manager that filters as an engine does, and notes what it was asked and what it gave. */
async function managerWith(held: ReturnType<typeof config>[], calls: string[]): Promise<EngineClient> {
  const engine = await engineThat((request, response) => {
    const { filters = '{}' } = Object.fromEntries(new URL(request.url ?? '', 'http://engine').searchParams);
    const { label, name }: { label?: string[]; name?: string[] } = JSON.parse(filters);
    const given = held.filter(
      ({ Spec }) =>
        (label?.every((one) => Object.entries(Spec.Labels).some((pair) => pair.join('=') === one)) ?? true) &&
        (name?.some((one) => Spec.Name.startsWith(one)) ?? true),
    );
    calls.push(`${filters} ${given.length}`);
    response.end(JSON.stringify(given));
  });
  open.push(engine);
  return engine;
}

const namesOf = async (engine: EngineClient, configs: NonNullable<Spec['configs']>) => {
  const held = await observeHeld(engine, { kinds: ['configs'], spec: { cluster: 'demo', configs } });
  return held.configs?.map(({ name }) => name);
};

test('what others have made does not travel; a second call is for what of the spec is not ours', async () => {
  const calls: string[] = [];
  const engine = await managerWith([config('site-1', ours), config('theirs'), config('tls'), config('tls-old')], calls);
  expect(await namesOf(engine, { tls: { external: true } })).toEqual(['site-1', 'tls']);
  expect(calls).toEqual([`{"label":["${clusterLabel}=demo"]} 1`, '{"name":["tls"]} 2']);
});

test('when all of the spec is ours already it costs one call', async () => {
  const calls: string[] = [];
  const configs = { site: { content: 'listen 80;' } };
  const [made] = (await madeConfigs({ configs })).values();
  const engine = await managerWith([config(made?.name ?? '', ours), config('theirs')], calls);
  expect(await namesOf(engine, configs)).toEqual([made?.name]);
  expect(calls).toHaveLength(1);
});

test('one of somebody else under the name that ours would have is seen', async () => {
  const configs = { site: { content: 'listen 80;' } };
  const [made] = (await madeConfigs({ configs })).values();
  const engine = await managerWith([config(made?.name ?? '')], []);
  expect(await namesOf(engine, configs)).toEqual([made?.name]);
});
