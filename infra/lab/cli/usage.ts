import { faults } from '../faults/catalogue.ts';
import { engineNames } from '../root/release.ts';

const overview = `npm run lab -- VERB [--id NAME]     real Docker hosts h1, h2, … on this machine (Linux, root)

  up [N]                   make a lab of N hosts (3) and wait until all answer
    --engine E[:COUNT]     ${engineNames.join(', ')}; may be repeated: --engine 20.10:2 --engine 26.1:1
  status [--json]          hosts, addresses, engines, faults
  ssh HOST [COMMAND…]      a shell on a host, or one command (ssh ops@h2: another user)
  engine-log HOST          what its dockerd wrote, at debug level; --calls: only calls that change something
  fault NAME HOST …        break something; fault --help lists what
  heal [HOST]              undo every fault of a host, or of all
  renew                    new engines with empty data on the same hosts
  down [--all]             take the lab down; nothing stays behind
  list                     labs on this machine

Without --id the lab is called "default". Labs with different ids live side by side.`;

/** The help text: of everything, or of the faults. */
export function usage(what: 'all' | 'fault'): string {
  if (what === 'all') return overview;
  const lines = Object.entries(faults).map(([name, { says, reads, needs = [] }]) => {
    const options = reads.map((option) => (needs.includes(option) ? `--${option}` : `[--${option}]`)).join(' ');
    return `  ${name.padEnd(16)} ${says}${options === '' ? '' : `\n${' '.repeat(19)}${options}`}`;
  });
  return [
    'npm run lab -- fault NAME HOST [options] [--id LAB]',
    '',
    ...lines,
    '',
    '  --direction in|out|both   as the broken host sees it (both)',
    '  --peer HOST               only with that host; or the host that is copied from',
    '  --reject                  answer with an error instead of silence',
    '  --port udp/7789 · --size BYTES · --path DIRECTORY · --cidr NETWORK · --seconds N',
    '  --network NAME · --service NAME   of the swarm',
    '',
    '`heal` undoes exactly what was made here.',
  ].join('\n');
}
