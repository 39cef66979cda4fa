import { describe, expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import { known, type Observed, unknown } from '../observed.ts';
import { clusterLabel } from '../spec/names.ts';
import { formedSwarm, inputOf, withNetwork } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import { newDigests, openImages } from './images.ts';
import type { PlanInput } from './input.ts';

const [first, second] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const formed = withNetwork(formedSwarm(['h1'], []), {
  name: 'net',
  labels: { [clusterLabel]: 'demo' },
  attachable: true,
});
const looked = (digest: Observed<string>, image = 'acme/web:1'): Observation => ({
  ...formed,
  images: { [image]: digest },
});

const web = (image: string) => ({ image, networks: ['net'], deploy: { endpoint_mode: 'dnsrr' as const } });
const spec = (image: string) => ({
  nodes: { h1: { role: 'manager' as const } },
  networks: { net: { attachable: true, mtu: 1500 } },
  services: { web: web(image) },
});
const again = (input: PlanInput, digest: Observed<string>, decisions = input.decisions): PlanInput => ({
  ...input,
  decisions,
  observation: { ...input.observation, images: { 'acme/web:1': digest } },
});

describe('a tag of an image', () => {
  test('is planned as the digest that it has; both are told, and the next plan is empty', async () => {
    const input = inputOf(spec('acme/web:1'), looked(known(first)));
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create service web (image acme/web:1@${first}, 1 replica, on net, dnsrr)
        2. verify: sampled connectivity on net
        decided services.web.image: acme/web:1@${first} (what the tag means in its registry)`),
    );
    expect(await told(await carriedOut(input))).toMatch(/^demo, revision 1: nothing to do\n/);
  });

  test('binds the plan: another digest is another plan', async () => {
    const digests = await Promise.all(
      [first, second].map(async (digest) => (await planned(inputOf(spec('acme/web:1'), looked(known(digest))))).digest),
    );
    expect(new Set(digests).size).toBe(2);
  });

  test('stays what it was when it was decided, though it has moved', async () => {
    const made = await carriedOut(inputOf(spec('acme/web:1'), looked(known(first))));
    expect(openImages(made.spec, made.decisions)).toEqual([]);
    expect(await told(again(made, known(second)))).toContain('nothing to do');
  });

  test('is an update to what it means now, where it was named again', async () => {
    const made = await carriedOut(inputOf(spec('acme/web:1'), looked(known(first))));
    expect(openImages(made.spec, [])).toEqual(['acme/web:1']);
    expect(await told(again(made, known(second), []))).toContain(
      `1. update service web: image acme/web:1@${first} → acme/web:1@${second}\n`,
    );
    expect(await told(again(made, known(first), []))).toContain('nothing to do');
  });

  test('that could not be looked up is left to the hosts, with a warning; later plans stay empty', async () => {
    const input = inputOf(spec('acme/web:1'), looked(unknown('h1: no route to host.')));
    expect(await told(input)).toContain(
      lines(`
        decided services.web.image: acme/web:1 (the tag could not be looked up)
        warning image-not-looked-up: The tag of the image acme/web:1 (services.web.image) could not be looked up: h1: no route to host. Each host takes what it has or finds under the tag. `),
    );
    const made = await carriedOut(input);
    expect(openImages(made.spec, made.decisions)).toEqual([]);
    expect(await told(again(made, known(first)))).toBe(
      'demo, revision 1: nothing to do\ndecided services.web.image: acme/web:1 (the tag could not be looked up)',
    );
  });

  test('that the worker has no readable logins for is refused, before a step stops at the same file', async () => {
    const unreadable = unknown('This worker cannot use its file with registry logins.', 'registry_login_unavailable');
    expect(await told(inputOf(spec('acme/web:1'), looked(unreadable)))).toContain(
      'refused registry_login_unavailable: The image acme/web:1 (services.web.image) cannot be given to an engine: This worker cannot use its file with registry logins.',
    );
    const made = await carriedOut(inputOf(spec('acme/web:1'), looked(known(first))));
    expect(await told(again(made, unreadable))).toContain('nothing to do');
  });

  describe('that its registry does not have', () => {
    const two = withNetwork(formedSwarm(['h1'], ['h2']), {
      name: 'net',
      labels: { [clusterLabel]: 'demo' },
      attachable: true,
    });
    const absent = (holders: Record<string, Observed<boolean>>): Observation => ({
      ...two,
      images: { 'acme/web:1': unknown('h1: manifest unknown.', 'image_not_found') },
      imageHolders: { 'acme/web:1': holders },
    });
    const onTwo = (deploy = {}, image = 'acme/web:1') => ({
      ...spec(image),
      nodes: { h1: { role: 'manager' as const }, h2: {} },
      services: { web: { ...web(image), deploy: { endpoint_mode: 'dnsrr' as const, ...deploy } } },
    });

    test('is refused where no host has it either, before anything that runs is stopped', async () => {
      const nowhere = absent({ h1: known(false), h2: known(false) });
      expect(await told(inputOf(onTwo(), nowhere))).toBe(
        lines(`
          refused image_not_found: The registry has no image acme/web:1 (services.web.image), and none of h1, h2 has it: it could not start anywhere.
          Nothing was changed on any host.
          next: Check its name and tag, or push it; one that is in no registry has to be loaded on each host where it may run.`),
      );
    });

    test('is told where it cannot start, when one host has it or could not be asked', async () => {
      expect(await told(inputOf(onTwo(), absent({ h1: known(true), h2: known(false) })))).toContain(
        'warning image-not-everywhere: The registry has no image acme/web:1 (services.web.image). h1 has it; it cannot start on h2.',
      );
      expect(await told(inputOf(onTwo(), absent({ h1: unknown('away'), h2: known(false) })))).toContain(
        'warning image-not-everywhere: The registry has no image acme/web:1 (services.web.image). It cannot start on h2.',
      );
    });

    test('counts only hosts on which its tasks may start', async () => {
      const first = absent({ h1: known(true), h2: known(false) });
      const only = (host: string) => onTwo({ placement: { constraints: [`node.hostname == ${host}`] } });
      expect(await told(inputOf(only('h2'), first))).toContain('h2 does not have it either');
      expect(await told(inputOf(only('h1'), first))).toContain('warning image-not-looked-up');
      const nowhere = absent({ h1: known(false), h2: known(false) });
      expect(await told(inputOf(onTwo({ replicas: 0 }), nowhere))).toContain('create service web');
    });

    test('leaves what runs under that tag as it is', async () => {
      const made = await carriedOut(inputOf(onTwo(), { ...two, images: { 'acme/web:1': unknown('away') } }));
      const nowhere = absent({ h1: known(false), h2: known(false) });
      const input = {
        ...made,
        decisions: [],
        observation: { ...made.observation, ...nowhere, swarm: made.observation.swarm },
      };
      expect(await told(input)).toContain('nothing to do');
    });
  });

  test('that cannot be looked up again leaves what runs as it is', async () => {
    const made = await carriedOut(inputOf(spec('acme/web:1'), looked(known(first))));
    const text = await told(again(made, unknown('h1: no route to host.'), []));
    expect(text).toContain('nothing to do');
    expect(text).toContain(
      `decided services.web.image: acme/web:1@${first} (what runs; the tag could not be looked up)`,
    );
  });

  test('is looked up anew when another one is written, and not at all with a digest', async () => {
    const made = await carriedOut(inputOf(spec('acme/web:1'), looked(known(first))));
    const at = (image: string) => inputOf(spec(image), formed, { decisions: made.decisions });
    const next = at('acme/web:2');
    expect(openImages(next.spec, next.decisions)).toEqual(['acme/web:2']);
    const pinned = at(`acme/web:1@${second}`);
    expect(openImages(pinned.spec, pinned.decisions)).toEqual([]);
    expect(await told(pinned)).not.toContain('decided services.web.image');
  });

  test('without a tag is latest; a container gets its digest too, and is not replaced without need', async () => {
    const { services: _none, ...rest } = spec('x');
    const containers = { box: { host: 'h1', image: 'nginx', networks: ['net'] } };
    const input = inputOf({ ...rest, containers }, looked(known(first), 'nginx'));
    expect(await told(input)).toContain(`run container box (image nginx:latest@${first}, on net)`);
    const made = await carriedOut(input);
    expect(await told(made)).toContain('nothing to do');
  });

  test('of a standalone container that could not be looked up is told by the verbs that there are for one', async () => {
    const { services: _, ...rest } = spec('nginx');
    const containers = { box: { host: 'h1', image: 'nginx', networks: ['net'] } };
    expect(await told(inputOf({ ...rest, containers }, looked(unknown('h1: no route to host.'), 'nginx')))).toContain(
      'Remove it with `flotilla container rm box` and run it again to look once more, or write its digest.',
    );
  });
});

describe('a digest of an image', () => {
  const image = `acme/web@${first}`;
  const absent = (held: Observed<boolean>): Observation => ({
    ...looked(unknown('h1: manifest unknown.', 'image_not_found'), image),
    imageHolders: { [image]: { h1: held } },
  });

  test('that is nowhere is refused, before anything that runs is stopped', async () => {
    const made = await carriedOut(inputOf(spec(`acme/web@${second}`), formed));
    const { observation } = made;
    const nowhere = { ...absent(known(false)), hosts: observation.hosts, swarm: observation.swarm };
    expect(newDigests(inputOf(spec(image), formed).spec, observation)).toEqual([image]);
    expect(await told(inputOf(spec(image), nowhere))).toBe(
      lines(`
        refused image_not_found: The registry has no image ${image} (services.web.image), and h1 does not have it either: it could not start anywhere.
        Nothing was changed on any host.
        next: Check its name and digest, or push it; one that is in no registry has to be loaded on each host where it may run.`),
    );
  });

  test('that the registry has, or a host, needs no word and no decision', async () => {
    const { decisions, warnings } = await planned(inputOf(spec(image), looked(known(first), image)));
    expect([decisions, warnings]).toEqual([[], []]);
    expect(await told(inputOf(spec(image), absent(known(true))))).toContain('create service web');
  });

  test('that nobody could ask for is told as a note, and never refused', async () => {
    for (const seen of [looked(unknown('h1: no route to host.'), image), absent(unknown('away'))]) {
      const { steps, warnings } = await planned(inputOf(spec(image), seen));
      expect(steps[0]?.kind).toBe('create-service');
      expect(warnings).toMatchObject([{ id: 'image-not-looked-up', severity: 'note' }]);
    }
  });

  test('is not asked for where it runs, and what runs is not refused', async () => {
    const made = await carriedOut(inputOf(spec(image), formed));
    expect(newDigests(made.spec, made.observation)).toEqual([]);
    const { hosts, swarm } = made.observation;
    const input = { ...made, observation: { ...absent(known(false)), hosts, swarm } };
    expect(await told(input)).toContain('nothing to do');
  });
});
