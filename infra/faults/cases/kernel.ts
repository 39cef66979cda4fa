import type { SpecInput } from '#core/spec/spec.ts';
import type { FaultCase, Site } from './types.ts';

/* This machine's kernel has neither ip_vs nor ESP: asking for what needs them is the fault. */

const withVip = ({ spec }: Site): SpecInput => ({
  ...spec,
  services: {
    ...spec.services,
    balanced: { image: 'nginx', networks: ['net'], deploy: { mode: 'global', endpoint_mode: 'vip' } },
  },
});

const withVault = ({ spec }: Site): SpecInput => ({
  ...spec,
  networks: { ...spec.networks, vault: { attachable: true, encrypted: true, subnet: '10.200.3.0/24' } },
});

/** Kernels that lack what the spec asks for. */
export const kernelCases: FaultCase[] = [
  {
    name: 'pre-no-ipvs',
    stage: 'bare',
    by: 'preflight',
    asks: withVip,
    inject: ({ all }) => Promise.resolve({ id: 'kernel-no-ipvs', hosts: all }),
  },
  {
    name: 'pre-no-esp',
    stage: 'bare',
    by: 'preflight',
    asks: withVault,
    inject: ({ all }) => Promise.resolve({ id: 'kernel-no-esp', hosts: all }),
  },
  {
    name: 'no-ipvs',
    stage: 'formed',
    by: 'verify',
    async inject(site) {
      await site.plane.apply(withVip(site), { mayFail: true });
      return { id: 'kernel-no-ipvs', hosts: site.all };
    },
    heal: ({ plane, spec }) => plane.apply(spec),
  },
  {
    name: 'no-esp',
    stage: 'formed',
    by: 'verify',
    async inject(site) {
      await site.plane.apply(withVault(site), { mayFail: true });
      return { id: 'kernel-no-esp', hosts: site.all };
    },
    heal: ({ plane, spec }) => plane.apply(spec),
  },
];
