import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { addHosts, apply, cluster, plan, propose, show } from './demo.ts';
import { fuzzer } from './fuzzer.ts';
import { setPolicy, someone } from './people.ts';
import { worker, world, worldForAllTests } from './the-world.ts';

/** A short run here; `npm run fuzz` asks 10,000 times. The seed is told, so that a run can be had again. */
const requests = Number(process.env['FLOTILLA_FUZZ_REQUESTS'] ?? 600);
const seed = Number(process.env['FLOTILLA_FUZZ_SEED'] ?? 20_261_125);
const answerMsMax = 20_000;

/** Ids and names of what is there when it begins; the fuzzer aims at them. */
let there: string[];
worldForAllTests(async () => {
  await addHosts(world.admin, 'h1', 'h2', 'h3');
  await propose(world.admin);
  const planned = await worker.run((await plan(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
  if (planned.kind !== 'planned') throw new Error(planned.kind);
  await setPolicy(world, { approvals: [{ low: 1 }] });
  const olga = await someone(world, 'olga', 'approver');
  const bob = await someone(world, 'bob', 'operator');
  const { id } = await apply(bob.api);
  await worker.take(id);
  await worker.observe(bareHosts('h1', 'h2', 'h3'));
  const { approval } = await show(bob.api, id);
  if (approval === null) throw new Error('nothing awaits approval');
  const { id: grant } = await unwrap(
    olga.api.v1['break-glass'].$post({ json: { cluster, confirm: cluster, reason: 'the shop is down' } }),
  );
  const spare = await unwrap(world.admin.v1.tokens.$post({ json: { person: 'bob', label: 'spare' } }));
  there = ['bob', bob.id, 'olga', id, approval.id, grant, spare.view.id, planned.plan.digest];
});

const auditEvents = async (): Promise<number> => (await world.api.store.head()).sequence;
const megabytes = (): number => process.memoryUsage().heapUsed / 1_000_000;

const isRehearsal = ({ url }: Request): boolean =>
  /^(?:true|1|)$/.test(new URL(url).searchParams.get('dry_run') ?? 'false');

test(`no request of ${requests} at random gets a 5xx, hangs, grows the memory, or acts without being on record (seed ${seed})`, async () => {
  const document: unknown = await (await world.api.app.request('/openapi.json')).json();
  const tokens = [world.adminToken, world.api.workerToken, await world.tokenFor('viewer'), 'flt_nobody'];
  const next = fuzzer(document, { tokens, there, seed });
  const statuses = new Map<number, number>();
  const unrecorded = new Map<string, string>();
  let settled = 0;
  for (let count = 0; count < requests; count += 1) {
    const { request, route, changes } = next();
    const what = `request ${count}: ${route} ${request.url}`;
    const before = await auditEvents();
    const signal = AbortSignal.timeout(answerMsMax);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error(`${what}: no answer`)));
    });
    const response = await Promise.race([world.api.app.fetch(request), late]);
    if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) await response.body?.cancel();
    else await Promise.race([response.text(), late]);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status >= 500) throw new Error(`${what}: ${response.status}\n${world.log.join('\n')}`);
    const isAct =
      changes && response.ok && response.headers.get('idempotency-replayed') === null && !isRehearsal(request);
    if (isAct && (await auditEvents()) === before) unrecorded.set(route, `${what}: ${response.status}`);
    if (count === Math.floor(requests / 2)) settled = megabytes();
  }
  expect([...unrecorded.values()]).toEqual([]);
  expect(megabytes()).toBeLessThan(settled + 150);
  expect([...statuses.keys()].filter((status) => status < 300).length).toBeGreaterThan(0);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(0);
  expect(await world.api.store.head()).toBeDefined();
}, 3_600_000);
