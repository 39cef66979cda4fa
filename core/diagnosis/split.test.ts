import { expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known } from '../observed.ts';
import { lookAt, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';

const look = lookAt('h3');
const manager = look.engine.known
  ? {
      ...look,
      engine: known({
        ...look.engine.value,
        swarm: { ...look.engine.value.swarm, controlAvailable: true, clusterId: 'swarm' },
      }),
    }
  : look;
const whole = symptomsOf();
const nodes = whole.swarm.known ? whole.swarm.value.nodes : [];
const symptoms = symptomsOf({
  hosts: { ...whole.hosts, h3: manager },
  swarm: whole.swarm.known
    ? known({
        ...whole.swarm.value,
        nodes: nodes.map((node) => (node.host === 'h3' ? { ...node, state: 'down' } : node)),
      })
    : whole.swarm,
  split: { cluster: 'demo', manager: 'h1', rivals: ['h3'] },
});

test('two swarms with one id are told as that, with who follows whom and the way out of it', () => {
  const [cause, ...others] = rootCausesOf(diagnose(symptoms));
  expect(cause).toMatchObject({
    id: 'swarm-split',
    severity: 'error',
    hosts: ['h1', 'h3'],
    message: expect.stringContaining('two swarms with the id of the cluster demo: h1 and h3 follow different leaders'),
    fix: expect.stringContaining('run `docker swarm leave --force`'),
    evidence: ['h1: manager node-h1 of the swarm swarm', 'h3: manager node-h3 of the swarm swarm'],
  });
  expect(others).toEqual([]);
});

test('that each takes the nodes of the other for down follows from it', () => {
  expect(diagnose(symptoms).find(({ id }) => id === 'node-down')).toMatchObject({ consequenceOf: 'swarm-split' });
});
