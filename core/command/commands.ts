import { verbs } from '../edits.ts';
import type { Verb } from '../edits/verb.ts';
import { acting } from './own/acting.ts';
import { asking } from './own/asking.ts';
import { guarding } from './own/guarding.ts';
import type { Command } from './command.ts';

/** The verbs that change a spec, as they are in the table of edits: chat, HTTP and CLI have the same ones. */
const edits: readonly Command[] = Object.entries<Verb>(verbs).map(
  ([name, { summary, example, positional, args, namesCluster }]) => ({
    name,
    summary,
    example,
    positional,
    args,
    cluster: namesCluster === true ? 'none' : 'one',
    needs: 'revision.propose',
    changes: true,
  }),
);

/** Everything that can be said, by name. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [...asking, ...acting, ...guarding, ...edits].map((command) => [command.name, command]),
);

/** Other words that people use for the same thing. */
export const synonyms: Readonly<Record<string, string>> = {
  '?': 'help',
  deploy: 'stack deploy',
  hosts: 'host ls',
  nodes: 'node ls',
  networks: 'network ls',
  services: 'service ls',
  containers: 'container ls',
  stacks: 'stack ls',
  ops: 'ops ls',
  op: 'ops show',
  'network inspect': 'inspect',
  'network show': 'inspect',
  'cluster show': 'status',
  'ops cancel': 'cancel',
  retry: 'ops retry',
  reject: 'deny',
  'ops watch': 'ops show',
  'audit ls': 'audit',
  'cluster ls': 'status',
  clusters: 'status',
  approvals: 'where',
  'approvals ls': 'where',
  'slack follow': 'follow',
  'slack unfollow': 'unfollow',
  'slack channels': 'channels',
  holds: 'where',
  wcid: 'where',
};

/** The command that a line begins with, and how many of its words name it; the longest name wins. */
export function commandAt(words: readonly string[]): { command: Command; length: number } | undefined {
  for (const length of [3, 2, 1]) {
    const said = asInTable(words.slice(0, length).join(' ').toLowerCase());
    const command = words.length < length ? undefined : commands.get(synonyms[said] ?? said);
    if (command !== undefined) return { command, length };
  }
  return undefined;
}

/** The long forms of two short words, behind a noun. */
const asInTable = (said: string): string => said.replace(/(?<=\S )list$/, 'ls').replace(/(?<=\S )remove$/, 'rm');
