import { z } from 'zod';
import { engineFactsSchema } from '../observation.ts';
import { observedOf } from '../observed.ts';

/** What a kernel must be able to do for overlays, tried out in a network namespace that vanishes again. */
export const kernelFeatures = ['vxlan', 'ip_vs', 'xt_ipvs', 'br_netfilter', 'esp', 'policy', 'bpf', 'u32'] as const;

/** Settings that are read, as sysctl names them. */
export const sysctlNames = [
  'net.ipv4.ip_forward',
  'net.bridge.bridge-nf-call-iptables',
  'net.ipv4.neigh.default.gc_thresh3',
  'net.netfilter.nf_conntrack_max',
] as const;

const linkSchema = z.object({
  iface: z.string(),
  /** Null where it has none (tunnels). */
  mac: z.string().nullable(),
  mtu: z.number(),
  /** A VXLAN device in the host's own namespace; those of healthy overlays are in namespaces of their own. */
  vxlan: z.object({ id: z.number(), port: z.number() }).nullable(),
  /** A virtual Ethernet cable, bridge and the like; null for what the kernel gives no kind: hardware. */
  kind: z.string().nullable(),
});

const routeSchema = z.object({
  /** A network such as `10.0.0.0/8`; default routes are left out. */
  to: z.string(),
  dev: z.string(),
  table: z.string(),
});
export type Route = z.infer<typeof routeSchema>;

const portSchema = z.object({
  proto: z.enum(['tcp', 'udp']),
  port: z.number(),
  address: z.string(),
  /** Null for the kernel's own sockets, and for everything when the user may not see it. */
  program: z.string().nullable(),
});
export type HeldPort = z.infer<typeof portSchema>;

/** What a host's system says, by one read-only script over SSH. */
export const systemSideSchema = z.object({
  /** Whether the script ran as root: without, some facts cannot be seen. */
  root: z.boolean(),
  hostname: z.string(),
  kernel: z.string(),
  os: observedOf(z.string()),
  /** `none`, or what it runs in: `kvm`, `vmware`, `lxc`, `docker`, `wsl`, … */
  virtualisation: observedOf(z.string()),
  machineId: observedOf(z.string()),
  /** The host's clock minus the worker's, at the middle of the question's way there and back. */
  clockOffsetMs: observedOf(z.number()),
  /** Free bytes where the engine keeps its data. */
  disk: observedOf(z.object({ path: z.string(), freeBytes: z.number() })),
  features: z.record(z.enum(kernelFeatures), observedOf(z.boolean())),
  sysctls: z.record(z.enum(sysctlNames), observedOf(z.number())),
  links: observedOf(z.array(linkSchema)),
  addresses: observedOf(
    z.array(z.object({ iface: z.string(), address: z.string(), prefix: z.number(), mtu: z.number() })),
  ),
  routes: observedOf(z.array(routeSchema)),
  resolvers: observedOf(z.array(z.string())),
  ports: observedOf(z.array(portSchema)),
  /** Where our own SSH connection comes from, as the host sees it. */
  sshFrom: observedOf(z.string()),
  /** Of hardware and virtual cards: driver, and whether the card computes checksums of any packet. */
  cards: observedOf(
    z.array(z.object({ iface: z.string(), driver: z.string(), checksumOffload: z.boolean().nullable() })),
  ),
});
export type SystemSide = z.infer<typeof systemSideSchema>;

/** What a host's engine says. */
export const engineSideSchema = z.object({
  facts: engineFactsSchema,
  /** Whether sshd forwards to its socket; else a command is run for each connection. */
  forwards: z.boolean(),
  /** Where it keeps its data. */
  rootDir: z.string(),
  /** `iptables` or `nftables`; engines before 28 do not say. */
  firewall: observedOf(z.string()),
  /** Local networks of the host, which no overlay may overlap. */
  bridges: z.array(z.object({ name: z.string(), subnets: z.array(z.string()) })),
  /** Ranges that new local networks, `docker_gwbridge` among them, are taken from. */
  localPools: observedOf(z.array(z.string())),
});
export type EngineSide = z.infer<typeof engineSideSchema>;

/** Everything that is known of one host before anything is changed on it. */
export const preflightFactsSchema = z.object({
  engine: observedOf(engineSideSchema),
  system: observedOf(systemSideSchema),
});
export type PreflightFacts = z.infer<typeof preflightFactsSchema>;
