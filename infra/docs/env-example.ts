import { apiSettings } from '#api/config.ts';
import { slackTable } from '#api/slack/settings.ts';
import { cliSettings, observingSettings } from '#cli/config.ts';
import type { Setting, SettingTable } from '#core/settings.ts';
import { workerSettings } from '#workers/config.ts';

/** Every setting of the environment, from the tables that read them. */
const groups: readonly { title: string; table: SettingTable }[] = [
  { title: 'The API: `flotilla up`', table: apiSettings },
  { title: 'Slack (docs/slack.md)', table: slackTable },
  { title: 'The worker: `flotilla up`', table: workerSettings },
  { title: 'Logs and traces: `flotilla up`, `flotilla api`, `flotilla worker`', table: observingSettings },
  { title: 'Commands', table: cliSettings },
];

const lineMax = 118;

/** The text of `.env.example`. Pure: the tables are the source. */
export const envExample = (): string =>
  [
    "# Flotilla's settings. Made by `npm run docs` from the code that reads them; edit it there.",
    '# All may stay away. Options of the command line win over them.',
    ...groups.flatMap(({ title, table }) => [
      '',
      `# ---- ${title} ----`,
      ...Object.entries(table).flatMap(([name, setting]) => ['', ...linesOf(name, setting)]),
    ]),
    '',
  ].join('\n');

function linesOf(name: string, { text, fallback, example, isSecret, flag }: Setting): string[] {
  const more = [
    ...(fallback === undefined ? [] : [`Not set: ${fallback}.`]),
    ...(flag === undefined ? [] : [`Option: ${flag}.`]),
    ...(isSecret ? [`A secret: better in a file that ${name}_FILE names.`] : []),
  ];
  return [...wrapped([text, ...more].join(' ')), `#${name}=${example}`];
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length + 3 > lineMax) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `# ${line}`);
}
