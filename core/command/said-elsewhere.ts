import { type Parsed, refuse } from './parsed.ts';

const nouns = ['service', 'container'];
const beforeCluster = ['in', 'on', '--cluster', '-c'];

/** What is a command of the command line alone, with that command; null for anything else. */
export function saidElsewhere(words: readonly string[]): Parsed | null {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase());
  const isNamed = nouns.includes(first);
  if (!/^logs?$/.test(isNamed ? second : first)) return null;
  const [name = 'NAME', ...more] = words.slice(isNamed ? 2 : 1);
  const at = more.findIndex((word) => beforeCluster.includes(word.toLowerCase()));
  const cluster = at === -1 ? undefined : more[at + 1];
  const place = cluster === undefined ? '' : ` --cluster ${cluster}`;
  const command = `flotilla ${isNamed ? first : 'service'} logs ${name}${place}`;
  return refuse(
    'unexpected',
    `What programs print is not shown here: it may hold passwords, and a channel keeps what it is told. In a terminal it is \`${command}\`.`,
  );
}
