import type { LabHost } from '#lab/types.ts';

/** Runs a `docker` command on a host, not by Flotilla; gives what it printed. Throws when it fails. */
export async function docker(host: LabHost, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await host.exec(['docker', ...args]);
  if (code !== 0) throw new Error(`${host.name}: docker ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout.trim();
}

export interface Task {
  /** Null while it has no node. */
  host: string | null;
  /** `Running 3 seconds ago`, as the command says it. */
  state: string;
  error: string;
}

/** Tasks of a service as a manager lists them, newest first. */
export async function tasksOf(manager: LabHost, service: string): Promise<Task[]> {
  const format = '{{.Node}}\t{{.CurrentState}}\t{{.Error}}';
  const rows = (await docker(manager, ['service', 'ps', '--no-trunc', '--format', format, service])).split('\n');
  return rows.filter(Boolean).map((row) => {
    const [host = '', state = '', error = ''] = row.split('\t');
    return { host: host === '' ? null : host, state, error };
  });
}
