import { expect, test } from 'vitest';
import { refuseCompose, refuseSpec } from './mixed-up.ts';
import { parseYaml } from './yaml-text.ts';

const fileOf = (file: string, text: string) => ({ file, text: parseYaml(text, file) });
const compose = 'services: { web: { image: nginx } }';
const spec = 'cluster: demo\nnodes: { h1: { role: manager } }\nservices: { web: { image: nginx } }';

test.each([
  ['shop.compose.yaml', compose, 'deploy shop --compose shop.compose.yaml'],
  ['infra/shop.yml', compose, 'deploy shop --compose infra/shop.yml'],
  ['shop-stack.yml', compose, 'deploy shop --compose shop-stack.yml'],
  ['docker-compose.yml', compose, 'deploy NAME --compose docker-compose.yml'],
  ['compose.yaml', `name: shop\n${compose}`, 'deploy shop --compose compose.yaml'],
])('%s where a spec is expected is told as what it is, with what to type', (path, text, typed) => {
  expect(() => refuseCompose(fileOf('it.yaml', text), path)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('it.yaml is a Compose file'),
      next: expect.stringContaining(`flotilla stack ${typed}\``),
    }),
  );
});

test('a spec where a Compose file is expected is told as well', () => {
  expect(() => refuseSpec(fileOf('demo.yaml', spec), 'demo.yaml')).toThrow(
    expect.objectContaining({ next: expect.stringContaining('flotilla apply -f demo.yaml') }),
  );
});

test('neither is taken for the other', () => {
  for (const text of [spec, 'nodes: { h1: {} }\nservices: {}', 'just text'])
    expect(() => refuseCompose(fileOf('demo.yaml', text), 'demo.yaml')).not.toThrow();
  expect(() => refuseSpec(fileOf('compose.yaml', compose), 'compose.yaml')).not.toThrow();
});
