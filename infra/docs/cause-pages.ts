import { allCauses, type Cause } from '#core/causes/catalogue.ts';

/** Levels in the order in which a report tells them, with what each looks at. */
const levels: Record<Cause['level'], string> = {
  host: 'The host itself',
  L0: 'L0: SSH, the engine, services and their tasks',
  L1: 'L1: the network between the hosts',
  swarm: 'The swarm',
  L2: 'L2: gossip and networks',
  L3: 'L3: names',
  L4: 'L4: packets between containers',
  L5: 'L5: TCP between containers',
  L6: 'L6: published ports, from outside',
  spec: 'The spec',
};

/** One page for each cause, and one that lists them, by file name in docs/causes. Pure: the catalogue is the source. */
export function causePages(): Map<string, string> {
  const causes = allCauses();
  return new Map([
    ['README.md', indexPage(causes)],
    ...causes.map((one): [string, string] => [`${one.id}.md`, page(one)]),
  ]);
}

const made = '<!-- Made by `npm run docs` from core/causes; edit it there. -->';

function page({ id, level, severity, title, symptom, found, fix, reference, baseline }: Cause): string {
  const parts = [
    made,
    `# ${id}`,
    title,
    `Level: ${levels[level]}. Severity: ${severity}.`,
    `## What you see\n\n${symptom}`,
    `## How it is found\n\n${found}`,
    `## What to do\n\n${fix}`,
    `## Reference\n\n${reference}`,
    ...(baseline === undefined ? [] : [`## In the lab\n\n${baseline} A healthy lab tells it as well.`]),
    '[All causes](README.md)',
  ];
  return `${parts.map(escaped).join('\n\n')}\n`;
}

/** Placeholders such as `<host>` outside of code would be read as tags. */
const escaped = (text: string): string =>
  text === made
    ? text
    : text
        .split('`')
        .map((piece, index) => (index % 2 === 1 ? piece : piece.replaceAll(/<([a-z]+)>/g, '&lt;$1&gt;')))
        .join('`');

function indexPage(causes: readonly Cause[]): string {
  const sections = Object.entries(levels).flatMap(([level, name]) => {
    const own = causes.filter((one) => one.level === level);
    return own.length === 0
      ? []
      : [`## ${name}`, own.map(({ id, title }) => `- [${id}](${id}.md): ${title}`).join('\n')];
  });
  const text =
    'What a preflight or a verification may name. A report tells one root cause for each failure; what follows from it is marked so. `flotilla explain <cause>` prints a page of these in the terminal.';
  return `${[made, '# Causes', text, ...sections].join('\n\n')}\n`;
}
