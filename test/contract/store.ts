import { and, eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { deleteFrom, insertInto, insertRows, update } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import { clusters, hosts, meta, operations, persons, plans, revisions, steps, tokens } from '#db/schema/index.ts';
import type { Store } from '#db/store.ts';
import { GuardFailed } from '#db/write.ts';
import { addHost, addOperation, eventOf, hostRow } from './rows.ts';
import type { OpenWorld, World } from './world.ts';

/** What every store does, whatever its driver: the commit. The record has its own suite in audit.ts. */
export const storeContract = (openWorld: OpenWorld) =>
  describe('committing and reading', () => {
    let world: World;
    let store: Store;
    beforeEach(async () => {
      world = await openWorld();
      store = world.store;
    });
    afterEach(() => world.close());

    const hostNamed = (name: string) => store.read.select({ name: hosts.name }).from(hosts).where(eq(hosts.name, name));
    const hostNames = async () => (await store.read.select({ name: hosts.name }).from(hosts)).map(({ name }) => name);
    const isEmpty = async () => {
      expect(await hostNames()).toEqual([]);
      expect((await store.head()).sequence).toBe(0);
    };

    describe('a commit', () => {
      test('writes its changes and its events, and says which events', async () => {
        const committed = await store.commit({ changes: [addHost('h1')], events: [eventOf('h1'), eventOf('h1')] });
        expect(committed.sequences).toEqual([1, 2]);
        expect(committed.doorbells).toEqual([]);
        expect(new Date(committed.at).toISOString()).toBe(committed.at);
        expect(await hostNames()).toEqual(['h1']);
        expect((await store.head()).sequence).toBe(2);
      });

      test('without changes or without events is a commit too', async () => {
        expect((await store.commit({ changes: [], events: [eventOf('h1')] })).sequences).toEqual([1]);
        expect((await store.commit({ changes: [addHost('h1')], events: [] })).sequences).toEqual([]);
        expect((await store.commit({ changes: [], events: [] })).sequences).toEqual([]);
      });

      test('runs its changes in their order', async () => {
        await store.commit({
          changes: [
            addHost('h1'),
            update(hosts).set({ port: 2222 }).where(eq(hosts.name, 'h1')),
            addHost('h2'),
            deleteFrom(hosts).where(eq(hosts.port, 22)),
          ],
          events: [],
        });
        expect(await store.read.select({ name: hosts.name, port: hosts.port }).from(hosts)).toEqual([
          { name: 'h1', port: 2222 },
        ]);
      });

      test('whose last change fails leaves nothing of the others, nor of its events', async () => {
        const commit = store.commit({ changes: [addHost('h1'), addHost('h1')], events: [eventOf('h1')] });
        await expect(commit).rejects.toMatchObject({ code: 'already_exists' });
        await isEmpty();
      });

      test('is refused as `already_exists` for what must be unique, and names the columns', async () => {
        await store.commit({ changes: [addHost('h1')], events: [] });
        const refusal = await store.commit({ changes: [addHost('h1')], events: [] }).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(AppError);
        expect(refusal).toMatchObject({ code: 'already_exists', message: expect.stringContaining('hosts.name') });
        expect(refusal).toMatchObject({ done: 'Nothing of it was written.', next: expect.any(String) });
      });

      test('is refused as `conflict` when it names a row that is not there, or removes one that is needed', async () => {
        const orphan = insertInto(hosts).values({ ...hostRow('h1'), cluster: 'nowhere' });
        await expect(store.commit({ changes: [orphan], events: [] })).rejects.toMatchObject({ code: 'conflict' });
        const member = insertInto(hosts).values({ ...hostRow('h1'), cluster: 'demo' });
        await store.commit({ changes: [addCluster('demo'), member], events: [] });
        const removal = deleteFrom(clusters).where(eq(clusters.name, 'demo'));
        await expect(store.commit({ changes: [removal], events: [] })).rejects.toMatchObject({ code: 'conflict' });
      });

      test('that is a fault of ours is thrown as it is and leaves nothing', async () => {
        const broken = update(hosts).set({ port: sql`no_such_column` });
        const commit = store.commit({ changes: [addHost('h1'), broken], events: [eventOf('h1')] });
        await expect(commit).rejects.toThrow('no_such_column');
        await isEmpty();
      });

      test('among many at once that fails does not sink the others', async () => {
        const results = await Promise.allSettled(
          Array.from({ length: 50 }, (_, index) => {
            const name = `h${index}`;
            const broken = update(hosts).set({ port: sql`no_such_column` });
            const missing = someRow('the host is there', hostNamed('nowhere'));
            if (index % 10 === 3) return store.commit({ changes: [addHost(name), broken], events: [eventOf(name)] });
            if (index % 10 === 5) return store.commit({ changes: [addHost('h0')], events: [eventOf(name)] });
            if (index % 10 === 7) {
              return store.commit({ expects: [missing], changes: [addHost(name)], events: [eventOf(name)] });
            }
            return store.commit({ changes: [addHost(name)], events: [eventOf(name)] });
          }),
        );
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(35);
        expect(await hostNames()).toHaveLength(35);
        expect((await store.head()).sequence).toBe(35);
      });
    });

    describe('a guard', () => {
      test('that holds lets the commit pass, whichever way it looks', async () => {
        await store.commit({ changes: [addHost('h1')], events: [] });
        await store.commit({
          expects: [someRow('h1 is there', hostNamed('h1')), noRow('h2 is not there', hostNamed('h2'))],
          changes: [addHost('h2')],
          events: [],
        });
        expect(await hostNames()).toEqual(['h1', 'h2']);
      });

      test('that does not hold undoes everything and is named', async () => {
        const commit = store.commit({
          expects: [noRow('h1 is not there', hostNamed('h1')), someRow('h2 is there', hostNamed('h2'))],
          changes: [addHost('h1')],
          events: [eventOf('h1')],
        });
        const refusal = await commit.catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(GuardFailed);
        expect(refusal).toMatchObject({ code: 'conflict', guard: 'h2 is there' });
        await isEmpty();
      });

      test('brings its own refusal when it has one', async () => {
        const guard = someRow('the lease is held', hostNamed('h1'), () => new AppError('stale_fence', 'Too late.'));
        const commit = store.commit({ expects: [guard], changes: [], events: [] });
        await expect(commit).rejects.toMatchObject({ code: 'stale_fence', message: 'Too late.' });
      });

      test('looks at what was before the changes of its own commit', async () => {
        const commit = store.commit({
          expects: [someRow('h1', hostNamed('h1'))],
          changes: [addHost('h1')],
          events: [],
        });
        await expect(commit).rejects.toMatchObject({ guard: 'h1' });
      });

      test('makes a compare-and-set: of twenty at once for one fence exactly one wins', async () => {
        await store.commit({ changes: [addOperation('op_1')], events: [] });
        const atFence = store.read
          .select({ id: operations.id })
          .from(operations)
          .where(and(eq(operations.id, 'op_1'), eq(operations.fence, 0)));
        const leases = await Promise.allSettled(
          Array.from({ length: 20 }, (_, worker) =>
            store.commit({
              expects: [someRow('the fence has not moved', atFence)],
              changes: [
                update(operations)
                  .set({ fence: sql`${operations.fence} + 1`, leaseHolder: `w${worker}` })
                  .where(eq(operations.id, 'op_1')),
              ],
              events: [],
            }),
          ),
        );
        expect(leases.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const [row] = await store.read.select().from(operations);
        expect(row?.fence).toBe(1);
        expect(row?.leaseHolder).toBe(`w${leases.findIndex(({ status }) => status === 'fulfilled')}`);
      });
    });

    describe('dispatch', () => {
      test('counts the doorbells of an operation, from its first commit on', async () => {
        const first = await store.commit({ changes: [addOperation('op_1')], events: [], dispatch: ['op_1'] });
        expect(first.doorbells).toEqual([{ operation: 'op_1', number: 1 }]);
        const second = await store.commit({ changes: [addOperation('op_2')], events: [], dispatch: ['op_2', 'op_1'] });
        expect(second.doorbells).toEqual([
          { operation: 'op_2', number: 1 },
          { operation: 'op_1', number: 2 },
        ]);
      });

      test('of an operation that is not there is a fault and undoes the commit', async () => {
        const commit = store.commit({ changes: [addHost('h1')], events: [eventOf('h1')], dispatch: ['op_none'] });
        await expect(commit).rejects.toMatchObject({ code: 'internal' });
        await isEmpty();
      });
    });

    describe('the database keeps by itself', () => {
      test('one current revision of a cluster', async () => {
        await store.commit({ changes: [addCluster('demo'), addRevision(1, 'current')], events: [] });
        const second = store.commit({ changes: [addRevision(2, 'current')], events: [] });
        await expect(second).rejects.toMatchObject({ code: 'already_exists' });
        const supersede = update(revisions).set({ state: 'superseded' }).where(eq(revisions.number, 1));
        await store.commit({ changes: [supersede, addRevision(2, 'current')], events: [] });
      });

      test('one running change of a cluster, while checks may run beside it', async () => {
        const running = { cluster: 'demo', state: 'running' } as const;
        const apply = { kind: 'apply', request: { kind: 'apply', revision: 1, digest: null } } as const;
        const change = (id: string) => [
          addOperation(id),
          update(operations)
            .set({ ...running, ...apply })
            .where(eq(operations.id, id)),
        ];
        await store.commit({ changes: [addCluster('demo'), ...change('op_1')], events: [] });
        await expect(store.commit({ changes: change('op_2'), events: [] })).rejects.toMatchObject({
          code: 'already_exists',
        });
        const check = update(operations).set(running).where(eq(operations.id, 'op_3'));
        await store.commit({ changes: [addOperation('op_3'), check], events: [] });
      });

      test('the order in which operations were accepted', async () => {
        for (const id of ['op_b', 'op_c', 'op_a']) await store.commit({ changes: [addOperation(id)], events: [] });
        const rows = await store.read.select({ id: operations.id }).from(operations).orderBy(operations.number);
        expect(rows.map(({ id }) => id)).toEqual(['op_b', 'op_c', 'op_a']);
      });
    });

    describe('values', () => {
      test('of every kind survive', async () => {
        const plan = {
          digest: 'd1',
          cluster: 'demo',
          base: null,
          revision: 1,
          steps: [],
          decisions: [{ path: 'networks.a.mtu', value: 1450, reason: 'ünïcode "\\ \u0000 \u{1f600}' }],
          risk: 'low',
          warnings: [],
        } as const;
        const row = { digest: 'd1', cluster: 'demo', base: null, revision: 1, createdAt: 'now' };
        const stored = { ...row, plan: { ...plan, steps: [], decisions: [...plan.decisions], warnings: [] } };
        const token = { id: 't1', sha256: 'ab', person: 'p1', role: 'admin', label: '', createdAt: 'now' } as const;
        await store.commit({
          changes: [
            addCluster('demo'),
            insertInto(plans).values(stored),
            insertInto(persons).values({ id: 'p1', name: "O'Neil; drop table hosts", createdAt: 'now' }),
            insertInto(tokens).values(token),
            addOperation('op_1'),
            update(operations).set({
              result: { deep: [1.5, null, { x: '' }] },
              cancelRequested: true,
              leaseExpiresMs: 1_795_000_000_123,
            }),
          ],
          events: [],
        });
        expect(await store.read.select().from(plans)).toEqual([stored]);
        expect(await store.read.query.persons.findFirst()).toMatchObject({ name: "O'Neil; drop table hosts" });
        expect(await store.read.query.tokens.findFirst()).toEqual({
          ...token,
          lastUsedAt: null,
          ci: null,
          revokedAt: null,
          expiresAt: null,
          clusters: ['*'],
          createdBy: null,
          env: null,
          replaces: null,
        });
        expect(await store.read.query.operations.findFirst()).toMatchObject({
          result: { deep: [1.5, null, { x: '' }] },
          cancelRequested: true,
          leaseExpiresMs: 1_795_000_000_123,
          error: null,
        });
      });

      test('of many rows go in as many inserts as the limit of parameters needs', async () => {
        const step = { id: 's', kind: 'prepare-host', host: 'h1', args: { joins: false }, after: [] } as const;
        const rows = Array.from({ length: 61 }, (_, position) => ({
          operation: 'op_1',
          id: `s${position}`,
          position,
          step: { ...step, after: [] },
          state: 'waiting' as const,
        }));
        await store.commit({ changes: [addOperation('op_1'), ...insertRows(steps, rows)], events: [] });
        const stored = await store.read.select({ id: steps.id }).from(steps).orderBy(steps.position);
        expect(stored.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
        expect(insertRows(steps, [])).toEqual([]);
      });

      test('beyond the limit of parameters are refused before anything is sent', async () => {
        const rows = Array.from({ length: 15 }, (_, index) => hostRow(`h${index}`));
        const commit = store.commit({ changes: [insertInto(hosts).values(rows)], events: [] });
        await expect(commit).rejects.toThrow('100 parameters at most, this has 105');
      });
    });

    describe('reading', () => {
      test('finds one row, none, all, or their number', async () => {
        await store.commit({ changes: [addHost('h1'), addHost('h2')], events: [] });
        expect(await store.read.query.hosts.findFirst({ where: eq(hosts.name, 'h2') })).toMatchObject({ name: 'h2' });
        expect(await store.read.query.hosts.findFirst({ where: eq(hosts.name, 'h3') })).toBeUndefined();
        expect(await store.read.select().from(hosts).where(eq(hosts.name, 'h3')).get()).toBeUndefined();
        expect(await hostNames()).toEqual(['h1', 'h2']);
        expect(await store.read.$count(hosts)).toBe(2);
      });

      test('sees a commit as soon as it has resolved', async () => {
        for (let index = 0; index < 20; index++) {
          await store.commit({ changes: [addHost(`h${index}`)], events: [] });
          expect(await store.read.$count(hosts)).toBe(index + 1);
        }
      });
    });

    describe('nothing is written past `commit`', () => {
      test('by the handle for reading', async () => {
        // @ts-expect-error The type has no insert.
        const insert: unknown = store.read.insert(hosts).values(hostRow('h1'));
        await expect(Promise.resolve(insert)).rejects.toMatchObject({
          cause: expect.objectContaining({ message: expect.stringContaining('does not write') }),
        });
        await isEmpty();
      });

      test('by awaiting a change', async () => {
        await expect(Promise.resolve(addHost('h1'))).rejects.toMatchObject({
          cause: expect.objectContaining({ message: expect.stringContaining('store.commit') }),
        });
        await isEmpty();
      });

      test('by a change that is none, or of a table that the store itself writes', async () => {
        const query = store.read.select().from(hosts);
        await expect(store.commit({ changes: [query], events: [] })).rejects.toThrow('A change is an insert');
        // @ts-expect-error The type refuses it as well.
        const own = update(meta).set({ value: '99' });
        await expect(store.commit({ changes: [own], events: [] })).rejects.toThrow('written by the store itself');
      });
    });

    test('what was committed is there after closing and opening again', async () => {
      await store.commit({ changes: [addHost('h1')], events: [eventOf('h1')] });
      store = await world.reopen();
      await store.commit({ changes: [addHost('h2')], events: [eventOf('h2')] });
      expect(await hostNames()).toEqual(['h1', 'h2']);
      expect((await store.head()).sequence).toBe(2);
    });
  });

const addCluster = (name: string) => insertInto(clusters).values({ name, nodes: {}, createdAt: 'now' });

const addRevision = (number: number, state: 'current' | 'proposed') =>
  insertInto(revisions).values({
    cluster: 'demo',
    number,
    state,
    spec: {
      cluster: 'demo',
      swarm: { data_path_port: 4789, address_pools: [], subnet_size: 24 },
      nodes: {},
      networks: {},
      services: {},
      containers: {},
      stacks: {},
      verify: { connectivity: 'none', http: [] },
    },
    decisions: [],
    origin: 'test',
    createdBy: { kind: 'system', name: 'test' },
    createdAt: 'now',
  });
