import type { FaultCase } from './types.ts';

/** What a host has or lacks, before it becomes a node. */
export const hostCases: FaultCase[] = [
  {
    name: 'pre-same-machine-id',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad, other }) {
      await bad.fault('same-machine-id', { peer: other.name });
      // Which of the two is the copy cannot be told from outside: both say the same.
      return { id: 'same-machine-id', hosts: [bad.name, other.name] };
    },
  },
  {
    name: 'pre-clock-skew',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('clock-skew', { seconds: 1800 });
      return { id: 'clock-skew', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-live-restore',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('live-restore');
      return { id: 'live-restore-on', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-orphaned-vxlan',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('orphaned-vxlan');
      return { id: 'orphaned-vxlan', hosts: [bad.name] };
    },
  },
  {
    name: 'orphaned-vxlan',
    stage: 'formed',
    by: 'verify',
    async inject({ bad }) {
      await bad.fault('orphaned-vxlan');
      return { id: 'orphaned-vxlan', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-ip-forward',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('ip-forward-off');
      return { id: 'ip-forward-off', hosts: [bad.name] };
    },
  },
  {
    name: 'ip-forward',
    stage: 'formed',
    by: 'verify',
    async inject({ bad }) {
      await bad.fault('ip-forward-off');
      return { id: 'ip-forward-off', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-port-taken',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('port-taken', { port: 'tcp/8080' });
      return { id: 'port-taken', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-2377-taken',
    stage: 'bare',
    by: 'preflight',
    on: 'manager',
    async inject({ bad }) {
      await bad.fault('port-taken', { port: 'tcp/2377' });
      return { id: 'port-2377-taken', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-7946-taken',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('port-taken', { port: 'tcp/7946' });
      return { id: 'port-7946-taken', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-disk-full',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('disk-full', { path: '/var/lib/docker' });
      return { id: 'disk-full', hosts: [bad.name] };
    },
  },
];
