import { type Client, unwrap } from '#api/client.ts';
import type { Verification } from '#core/verification.ts';
import type { Lab, LabHost } from '#lab/types.ts';

/** The newest verification of a cluster. Throws when there is none. */
export async function lastVerification(api: Client, cluster: string): Promise<Verification> {
  const { items } = await unwrap(api.v1.clusters[':cluster'].verifications.$get({ param: { cluster }, query: {} }));
  const [last] = items;
  if (last === undefined) throw new Error(`${cluster} was never verified`);
  return last.verification;
}

/** Every pair as `h1 → h2 ok`, in order. */
export const pairLines = ({ pairs }: Verification): string[] =>
  pairs.map(({ from, to, result }) => `${from} → ${to} ${result}`).toSorted();

/** Containers of the probe image on any host, running or not, as `h1 flotilla-probe-…`. */
export async function probersLeft(lab: Lab): Promise<string[]> {
  const perHost = await Promise.all(
    lab.hosts.map(async (host) => {
      const names = await linesOf(host, ['docker', 'ps', '--all', '--format', '{{.Names}}']);
      return names.flatMap((name) => (name.includes('flotilla-probe') ? [`${host.name} ${name}`] : []));
    }),
  );
  return perHost.flat();
}

/** How many tasks of a service run on nodes that are Ready, as a manager sees it. */
export async function runningTasks(manager: LabHost, service: string): Promise<number> {
  const ready = await linesOf(manager, ['docker', 'node', 'ls', '--format', '{{.Hostname}} {{.Status}}']);
  const listing = ['--filter', 'desired-state=running', '--format', '{{.Node}} {{.CurrentState}}'];
  const tasks = await linesOf(manager, ['docker', 'service', 'ps', ...listing, service]);
  return tasks.filter((task) => {
    const [node, state] = task.split(' ');
    return state === 'Running' && ready.includes(`${node} Ready`);
  }).length;
}

/** What a program in the host printed. Throws when it fails. */
export async function linesOf(host: LabHost, argv: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await host.exec(argv);
  if (code !== 0) throw new Error(`${host.name}: ${argv.join(' ')}: ${stderr}`);
  return stdout.trim().split('\n').filter(Boolean);
}
