import { expect, it } from 'vitest';
import { newSealingKey, sealerOf } from '../sealing.ts';
import { linkDays, linkState, reportLink } from './link.ts';

const sealer = sealerOf(newSealingKey());
const report = { id: 'ver_1', startedAt: '2026-11-24T00:00:00.000Z' };
const startedMs = Date.parse(report.startedAt);
const restOf = async (id = report.id, by = sealer): Promise<string> =>
  (await reportLink(by, 'https://flotilla.example.com', { ...report, id })).split('/').at(-1) ?? '';

it('is the same each time, below the public address', async () => {
  const link = await reportLink(sealer, 'https://flotilla.example.com/', report);
  expect(link).toMatch(/^https:\/\/flotilla\.example\.com\/reports\/ver_1\/\d+\.[\w-]{43}$/);
  expect(await reportLink(sealer, 'https://flotilla.example.com/', report)).toBe(link);
});

it('is good for a week after the look, and over then', async () => {
  const asked = { id: report.id, rest: await restOf() };
  const lifeMs = linkDays * 24 * 60 * 60_000;
  expect(await linkState(sealer, asked, startedMs + lifeMs - 1)).toBe('good');
  expect(await linkState(sealer, asked, startedMs + lifeMs)).toBe('over');
});

it('is for this report alone, until this moment, under this key', async () => {
  const rest = await restOf();
  const state = (id: string, written: string) => linkState(sealer, { id, rest: written }, startedMs);
  expect(await state('ver_2', rest)).toBe('wrong');
  expect(await state('ver_1', await restOf('ver_2'))).toBe('wrong');
  expect(await state('ver_1', `1${rest}`)).toBe('wrong');
  expect(await state('ver_1', await restOf('ver_1', sealerOf(newSealingKey())))).toBe('wrong');
  for (const none of ['', '1.', rest.slice(0, -1), `${rest}A`, '9999999999.', rest.replace('.', ':')])
    expect(await state('ver_1', none)).toBe('wrong');
});
