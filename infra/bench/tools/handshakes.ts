import type { Lab, LabHost } from '#lab/types.ts';

/** Every TCP connection that some sshd of the lab has spoken with, as that sshd logged it. */
export async function connectionsSeen(lab: Lab): Promise<ReadonlySet<string>> {
  const perHost = await Promise.all(lab.hosts.map(connectionsOf));
  return new Set(perHost.flat());
}

/** sshd names a client by its port in each line about it, whether it got in or not. */
async function connectionsOf(host: LabHost): Promise<string[]> {
  const { stdout } = await host.exec(['cat', '/var/log/sshd.log']);
  return [...stdout.matchAll(/ port (\d+)(?: ssh2)?\b/g)].map(([, port]) => `${host.name}:${port}`);
}
