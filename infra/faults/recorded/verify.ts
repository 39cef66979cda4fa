import { diagnose } from '#core/diagnosis/diagnose.ts';
import type { Symptoms } from '#core/diagnosis/symptoms.ts';
import { known } from '#core/observed.ts';
import {
  addressOf,
  between,
  checkOf,
  evidenceOf,
  lookAt,
  overlay,
  serviceOf,
  symptomsOf,
} from '#core/testing/symptoms.ts';
import type { Expected } from '../judge.ts';
import type { RecordedCase } from './types.ts';

const recorded = (name: string, expected: Expected, symptoms: () => Symptoms): RecordedCase => ({
  name,
  expected,
  report: () => ({ verdict: 'failed', findings: diagnose(symptoms()) }),
});

const everyHost = ['h1', 'h2', 'h3'];
const touchesH2 = (from: string, to: string): boolean => from === 'h2' || to === 'h2';

/** A running swarm with one encrypted network beside the plain one. */
const withVault = {
  dataPathPort: 4789,
  networks: [overlay('net'), overlay('vault', { encrypted: '' })],
  nodes: [],
};

/** IPsec states of every host toward and from each other, with the key that it uses for a way. */
const statesWhere = (spiAt: (host: string, from: string, to: string) => string) =>
  Object.fromEntries(
    everyHost.map((host) => {
      const ways = between('ping', () => false).filter(({ from, to }) => from === host || to === host);
      const xfrm = ways.map(({ from, to }) => ({
        from: addressOf(from),
        to: addressOf(to ?? ''),
        spi: spiAt(host, from, to ?? ''),
        bytes: 0,
      }));
      return [host, { counters: known({ overlays: [], xfrm }) }];
    }),
  );

/** Tasks that fail with what engines have been seen to say. */
const failingWith = (error: string, host: string): Symptoms =>
  symptomsOf({
    services: [serviceOf({ wanted: 1, running: 0, tasks: [{ state: 'rejected', error, host, hasNode: true }] })],
    checks: [checkOf('tasks', 'manager', null, { detail: 'runs 0 of 1 tasks' })],
  });

/** What overlays do on kernels and networks that no lab here has. */
export const recordedVerifications: RecordedCase[] = [
  recorded('esp-dropped', { id: 'esp-blocked', hosts: ['h2'] }, () =>
    symptomsOf({
      swarm: known(withVault),
      hosts: {
        ...symptomsOf().hosts,
        h2: lookAt('h2', {
          firewall: known(
            '*filter\n:INPUT ACCEPT [0:0]\n[14:1400] -A INPUT -p esp -j DROP\n[9:900] -A OUTPUT -p esp -j DROP\nCOMMIT',
          ),
        }),
      },
      checks: [...between('ping', () => false), ...between('ping', touchesH2, { network: 'vault' })],
      evidence: evidenceOf(),
    }),
  ),
  recorded('esp-skew', { id: 'esp-keys-differ', hosts: ['h2'] }, () =>
    symptomsOf({
      swarm: known(withVault),
      checks: [...between('ping', () => false), ...between('ping', touchesH2, { network: 'vault' })],
      evidence: evidenceOf(
        {},
        statesWhere((host, from, to) => (host === 'h2' ? `0x2${to}` : `0x1${from}${to}`)),
      ),
    }),
  ),
  recorded('checksums', { id: 'checksum-offload', hosts: ['h2'] }, () =>
    symptomsOf({
      checks: [...between('ping', () => false), ...between('ping-large', () => false), ...between('tcp', touchesH2)],
      evidence: evidenceOf(),
    }),
  ),
  recorded('vxlan-left', { id: 'orphaned-vxlan', hosts: ['h3'] }, () =>
    failingWith(
      'network sandbox join failed: subnet sandbox join failed for "10.0.1.0/24": error creating vxlan interface: file exists',
      'h3',
    ),
  ),
  recorded('vxlan-unsupported', { id: 'kernel-no-vxlan', hosts: ['h2'] }, () =>
    failingWith('error creating vxlan interface: operation not supported', 'h2'),
  ),
  recorded('ipsec-modules', { id: 'kernel-no-bpf-match', hosts: ['h2'] }, () =>
    failingWith('cannot join secure network: required modules to install IPSEC rules are missing on host', 'h2'),
  ),
  recorded('disk-full', { id: 'disk-full', hosts: ['h1'] }, () =>
    failingWith('failed to create task: write /var/lib/docker/tmp: no space left on device', 'h1'),
  ),
  recorded('eaten-everywhere', { id: 'data-port-eaten', hosts: everyHost }, () =>
    symptomsOf({
      checks: between('ping', () => true),
      evidence: evidenceOf({ underlay: between('control-udp', () => false) }),
    }),
  ),
];
