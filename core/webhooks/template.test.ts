import { expect, it } from 'vitest';
import { parseCommand } from '../command/parse.ts';
import { commandOf } from './template.ts';

const templates = [
  'service update web --image acme/web@{digest}',
  'service update web --image {image}:{tag} --label version={tag} : release {tag}',
  'service update web --image={image} --env "VERSION={tag}" --env SHA={sha}',
  'service update web image:{image} in prod',
  'plan service update web --image {image} --image x',
  'service update {image} --image nginx',
  'service update {image} {tag} --image nginx',
  'service create {tag} {image}',
  'service update web {tag}:{image}',
  'service update web -{tag} --image x',
  'service update web --replicas {tag}',
  'service update web --endpoint-mode {tag}',
  'service update web --network {tag}',
  'service update web --dry-run {tag}',
  'service {tag} web',
  'node set {image} --role worker --label zone={tag} --cluster {tag}',
  'stack rm {image}',
  `service update web --image ${'{image}'.repeat(140)}`,
];
/** Plain words, some of which mean something in a command. */
const words = [
  'nginx',
  'in',
  'the',
  'a',
  'to',
  'plan',
  'update',
  'image',
  'true',
  '3',
  'vip',
  'x.y',
  'Z_',
  'w'.repeat(80),
];

it.each(templates)('%s asks for the same, filled in before or after it is parsed', (command) => {
  const rule = { command };
  for (const image of words) {
    for (const tag of words) {
      const values = { image, tag, digest: `sha256:${'ab'.repeat(32)}`, sha: 'c'.repeat(40) };
      const { text, parsed } = commandOf(rule, values);
      expect(text).toBe(commandOf({ command }, values).text);
      expect(parsed).toEqual(parseCommand(text));
    }
  }
  const without = commandOf(rule, { image: 'nginx' });
  expect(without.parsed).toEqual(parseCommand(without.text));
});
