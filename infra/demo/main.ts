import { createLab } from '#lab/lab.ts';
import { type Lab, LabRefusal } from '#lab/types.ts';
import { optionsOrUsage } from '../options.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { summarise } from './summary.ts';

/**
 * `npm run demo`: real hosts on this machine, one swarm, an overlay network, a service and a container on it, the
 * proof that they reach each other across hosts, and the record of it all; then everything is taken down again.
 */
const hosts = 3;
const spec = new URL('../../examples/demo.yaml', import.meta.url).pathname;
const options = optionsOrUsage('npm run demo -- [--keep] [--json]', {
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});

/** A headline, then what the reader would type. */
const say = (text: string): void => console.log(`\n\u001B[1m${text}\u001B[0m`);

const seconds: Record<string, number> = {};
async function timed<T>(part: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    seconds[part] = Math.round(performance.now() - started) / 1000;
  }
}

async function main(): Promise<number> {
  say(`A lab of ${hosts} hosts, each with its own sshd and Docker Engine`);
  const lab = await timed('lab', () => createLab({ id: 'demo', hosts, log: (line) => console.log(line) }));
  console.log(lab.hosts.map(({ name, address, engine }) => `${name} ${address} engine ${engine}`).join('\n'));
  let plane: ControlPlane | null = null;
  try {
    plane = await timed('start', () => startControlPlane(lab.sshKeyFile));
    return await tour(lab, plane);
  } finally {
    if (options.keep && plane !== null) tellHowToReach(lab, plane);
    else await timed('down', () => takeDown(lab, plane));
  }
}

async function tour(lab: Lab, plane: ControlPlane): Promise<number> {
  const codes: number[] = [];
  const type = async (title: string, args: string[]): Promise<void> => {
    say(title);
    console.log(`$ flotilla ${args.join(' ')}`);
    codes.push(await plane.run(args));
  };
  for (const host of lab.hosts) {
    const fingerprint = await host.hostKeyFingerprint();
    await type(`Register ${host.name} by its host key`, [
      'host',
      'add',
      host.name,
      host.address,
      '--fingerprint',
      fingerprint,
    ]);
  }
  await type('What would be done', ['plan', '-f', spec]);
  await timed('apply', () => type('Do it, and prove it', ['apply', '-f', spec, '--yes', '--reason', 'demo']));
  await timed('again', () => type('Once more: nothing is left to do', ['apply', '-f', spec, '--yes']));
  await timed('verify', () => type('The proof, on its own', ['verify', 'demo']));
  await type('One view of the network, from all hosts', [
    'network',
    'inspect',
    'my_overlay_network',
    '--cluster',
    'demo',
  ]);
  await type('Who did what', ['audit', 'ls']);
  await type('The record is whole', ['audit', 'verify']);
  const summary = await summarise(
    plane,
    codes.every((code) => code === 0),
  );
  say(summary.ok ? 'Every check passed.' : 'Something failed; it is named above.');
  process.once('exit', () => {
    if (options.json) console.log(JSON.stringify({ ...summary, seconds }));
  });
  return summary.ok ? 0 : 1;
}

async function takeDown(lab: Lab, plane: ControlPlane | null): Promise<void> {
  await plane?.stop();
  await lab.down();
  console.log('\nTaken down; nothing is left but the cached images.');
}

function tellHowToReach(lab: Lab, plane: ControlPlane): void {
  say('Left up, as asked');
  console.log(`control plane  ${plane.url} (pages at ${plane.url}/docs)`);
  console.log(`token          ${plane.tokenFile}`);
  console.log(`commands       FLOTILLA_DATA=${plane.folder} bin/flotilla host ls`);
  for (const { name, socketPath } of lab.hosts) {
    console.log(`${name}             npm run lab -- ssh --id demo ${name}   or   docker -H unix://${socketPath} ps`);
  }
  console.log(`take it down   npm run lab -- down --id demo, and Ctrl-C here`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabRefusal)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
