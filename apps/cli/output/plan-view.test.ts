import { expect, test } from 'vitest';
import type { Plan } from '#core/plan.ts';
import { planLines } from './plan-view.ts';

const plan: Plan = {
  digest: '1a2b3c4d5e6f77',
  cluster: 'demo',
  base: 1,
  revision: 2,
  steps: [
    { id: 'prepare-host:h1', kind: 'prepare-host', host: 'h1', after: [], args: { joins: true } },
    { id: 'remove-network:old', kind: 'remove-network', host: null, after: [], args: { network: 'old', id: 'x' } },
  ],
  decisions: [
    { path: 'networks.a.mtu', value: 1450, reason: 'the smallest path MTU between the nodes, measured from h1 to h3' },
    { path: 'nodes.h1.advertise_addr', value: '10.0.0.1', reason: 'as before' },
  ],
  risk: 'high',
  warnings: [
    {
      id: 'old-engine',
      severity: 'warning',
      message: 'h1 runs an old engine',
      hosts: ['h1'],
      evidence: [],
      confidence: 'certain',
      consequenceOf: null,
      symptom: false,
    },
  ],
};

test('a plan is its head, risk, numbered steps, new decisions with reasons, and warnings', () => {
  expect(planLines(plan, { known: plan.decisions.slice(1), width: 60 })).toEqual([
    'Plan for cluster demo, revision 2 (from 1): 2 steps, digest 1a2b3c4d5e6f',
    'Risk: high (removes something, takes a manager away, or gives a container a hold on its host)',
    '',
    ' 1. h1       check that the host is fit to join',
    ' 2. manager  remove network old',
    '',
    'Decided for you',
    '  networks.a.mtu: 1450 (the smallest path MTU between the',
    '  nodes, measured from h1 to h3)',
    '',
    'Warnings',
    '! h1: h1 runs an old engine [old-engine]',
  ]);
});

test('a plan without steps says so, and keeps its warnings', () => {
  expect(planLines({ ...plan, steps: [] })).toEqual([
    'Plan for cluster demo, revision 2 (from 1): nothing to do, the cluster is as the spec says.',
    '',
    'Warnings',
    '! h1: h1 runs an old engine [old-engine]',
  ]);
});

test('below the step of a config are the lines that change in it, one each', () => {
  const config = { config: 'site', name: 'site-b', digest: 'b', bytes: 9, labels: {}, replaces: 'site-a' };
  const changes = ['-listen 80;', `+${'listen 8080 '.repeat(9)};`];
  const steps: Plan['steps'] = [
    { id: 'create-config:site', kind: 'create-config', host: null, after: [], args: { ...config, changes } },
  ];
  expect(planLines({ ...plan, steps, decisions: [], warnings: [] }, { width: 60 }).slice(3)).toEqual([
    ' 1. manager  create config site (9 bytes, as site-b, in',
    '             place of site-a)',
    '             -listen 80;',
    '             +listen 8080 listen 8080 listen 8080 listen 80…',
  ]);
});

test('what was decided alike is told once, and a digest in brief at a terminal, whole elsewhere', () => {
  const image = `nginx:latest@sha256:4fe8fb8e4609${'a'.repeat(52)}`;
  const reason = 'what the tag means in its registry';
  const decisions = ['web', 'shop_web'].map((name) => ({ path: `services.${name}.image`, value: image, reason }));
  const told = (width?: number) => planLines({ ...plan, decisions, warnings: [] }, { width }).slice(7);
  expect(told(100)).toEqual([
    '  services.web.image, services.shop_web.image: nginx:latest (4fe8fb8e4609) (what the tag means in',
    '  its registry)',
  ]);
  expect(told()).toEqual([`  services.web.image, services.shop_web.image: ${image} (${reason})`]);
});
