import { join } from 'node:path';

/** Roots, images and packages, shared by all labs and kept when a lab goes. */
export const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] ?? '/var/cache', 'flotilla-lab');

/** One folder per lab: all that must be known to take it down, and its disks. */
export const labsFolder = (): string => process.env['FLOTILLA_LAB_STATE'] ?? '/var/lib/flotilla-lab';

/** Where each thing of one lab is. */
export function labPaths(id: string) {
  const folder = join(labsFolder(), 'labs', id);
  return {
    folder,
    record: join(folder, 'lab.json'),
    sshKey: join(folder, 'id_ed25519'),
    registry: join(folder, 'registry'),
    switchNamespace: join(folder, 'net', 'switch'),
    namespaces: join(folder, 'net'),
    hosts: join(folder, 'hosts'),
  };
}

export type LabPaths = ReturnType<typeof labPaths>;

/** Where each thing of one host is. */
export function hostPaths(lab: LabPaths, name: string) {
  const folder = join(lab.hosts, name);
  return {
    folder,
    namespace: join(lab.namespaces, name),
    upper: join(folder, 'upper'),
    docker: join(folder, 'docker'),
    engineLog: join(folder, 'upper', 'var', 'log', 'dockerd.log'),
    sshLog: join(folder, 'upper', 'var', 'log', 'sshd.log'),
    bootLog: join(folder, 'boot.log'),
  };
}

/** Below every cgroup hierarchy: containers of a host run in `/flotilla-lab/<id>/<host>`. */
export const cgroupOf = (id: string, host?: string): string =>
  ['', 'flotilla-lab', id, host].filter((part) => part !== undefined).join('/');
