const notYet = '';
const ownNamespace = 'Swarm gives each task namespaces of its own.';
const forWindows = 'It is for engines on Windows.';
const noSwap = 'Swarm sets nothing about swap; leave it out.';
const byLimits = 'Write `deploy.resources.limits.cpus`.';
const bySwarm = 'Swarm gives each task its address; others find it by the name of the service.';
const builtElsewhere = 'No host has its sources. Build it, push it to a registry, and name it in `image`.';
const noValue =
  'No value of a secret comes into a spec. Give it to the worker and write `from: worker`, or make it with `docker secret create` and write `external: true`.';

/** Keys of services and containers alike. */
const refusedInBoth = {
  annotations: notYet,
  attach: 'Logs of all are there: `flotilla service logs`, `flotilla container logs`; leave it out.',
  blkio_config: notYet,
  cgroup: ownNamespace,
  cgroup_parent: notYet,
  cpu_count: byLimits,
  cpu_percent: byLimits,
  cpu_period: byLimits,
  cpu_quota: byLimits,
  cpu_rt_period: notYet,
  cpu_rt_runtime: notYet,
  cpu_shares: notYet,
  cpuset: notYet,
  credential_spec: forWindows,
  depends_on: 'Swarm starts all services at the same time; leave it out.',
  develop: 'It is for `docker compose watch`; leave it out.',
  device_cgroup_rules: notYet,
  devices: 'Swarm gives no device to a task.',
  domainname: 'Write the whole name into `hostname`.',
  env_file:
    'Write the variables into `environment`. The command line does so: with a path, or a list of paths and of `path` with `required`.',
  expose: 'Containers on one network reach all ports of each other; leave it out.',
  extends:
    'Write what it takes over into the service; `docker compose config` prints the file with all of it in place.',
  external_links: 'Put both on one network, which is `external` in the Compose file of a stack.',
  gpus: notYet,
  ipc: ownNamespace,
  isolation: forWindows,
  label_file: 'Write the labels into `labels`.',
  links: 'Containers on one network find each other by name; leave it out.',
  mac_address: notYet,
  mem_swappiness: noSwap,
  memswap_limit: noSwap,
  models: notYet,
  oom_kill_disable: notYet,
  oom_score_adj: notYet,
  pid: ownNamespace,
  platform: notYet,
  post_start: notYet,
  pre_stop: notYet,
  privileged: 'Write the capabilities that it needs into `cap_add`.',
  profiles: 'Whatever a spec says is wanted; leave it out.',
  provider: notYet,
  pull_policy: 'A host pulls the image that is in the plan where it lacks it; leave it out.',
  runtime: 'Swarm uses the default runtime of each engine, which is `default-runtime` in its daemon.json.',
  security_opt:
    'Swarm takes none. For `no-new-privileges` of all containers of a host write `"no-new-privileges": true` into its daemon.json.',
  shm_size: 'Write `tmpfs: ["/dev/shm:size=128m"]`, with the size that it needs.',
  storage_opt: notYet,
  use_api_socket: notYet,
  userns_mode: ownNamespace,
  uts: ownNamespace,
  volumes_from: 'Mount the same named volume in both.',
} as const;

/**
 * Keys of the Compose Specification that a spec may not have, by place, each with what to do instead.
 * docs/compose.md lists them; a test holds the two together.
 */
export const refusedKeys = {
  spec: {
    version: 'It has no meaning in Compose any more; leave it out.',
    name: 'Write `cluster`.',
    include: 'Write everything into one file.',
    models: notYet,
  },
  stack: {
    include: 'Write everything into one file.',
    models: notYet,
  },
  secret: {
    file: noValue,
    environment: noValue,
    name: 'The key is its name; in a stack it may have another one.',
    driver: notYet,
    driver_opts: notYet,
    template_driver: notYet,
  },
  config: {
    file: 'Write into `content` what the file says. The command line does so, with a path and no `content` beside it.',
    environment: 'Write the value into `content`.',
    name: 'The key is its name; in a stack it may have another one.',
    template_driver: notYet,
  },
  network: {
    name: 'The key of the network is its name.',
    external: 'Flotilla makes all networks of a spec itself.',
    ipam: 'Write `subnet`, `gateway` and `ip_range` right below the network.',
    driver_opts: 'Write `mtu` and `encrypted` right below the network.',
    enable_ipv4: notYet,
  },
  volume: {
    name: 'The key of the volume is its name.',
    external: 'A volume that is there already is used as it is; leave it out.',
  },
  service: {
    build: builtElsewhere,
    restart:
      'A swarm starts a task that ended again, so `always` and `unless-stopped` can be left out; else write `deploy.restart_policy`.',
    scale: 'Write `deploy.replicas`.',
    container_name: 'Swarm names the containers of a service.',
    network_mode:
      'Services run on the networks of the spec. What needs the network of its host can be one of the `containers`, with `networks: [host]`.',
    cpus: 'Write `deploy.resources.limits.cpus`.',
    mem_limit: 'Write `deploy.resources.limits.memory`.',
    mem_reservation: 'Write `deploy.resources.reservations.memory`.',
    pids_limit: 'Write `deploy.resources.limits.pids`.',
    ...refusedInBoth,
  },
  container: {
    build: builtElsewhere,
    container_name: 'The key of the container is its name.',
    network_mode: 'Write `networks: [host]` or `networks: [bridge]`.',
    deploy: 'It is for services; a container runs once, on its host.',
    configs: 'A swarm gives its configs to services only.',
    secrets: 'A swarm gives its secrets to services only.',
    ...refusedInBoth,
  },
  reservations: { devices: notYet, generic_resources: notYet },
  healthcheck: { start_interval: 'Engines before 25 do not know it.' },
  mount: { consistency: 'It means nothing on Linux; leave it out.', image: notYet },
  mountBind: {
    create_host_path: 'A path that is missing on the host is told, never made.',
    selinux: notYet,
    recursive: notYet,
  },
  mountVolume: { subpath: notYet, labels: 'Write the labels where the volume is declared.' },
  mountTmpfs: { uid: notYet, gid: notYet },
  port: {
    host_ip: 'Ports are published on all addresses of a host.',
    name: notYet,
    app_protocol: notYet,
  },
  attachment: {
    ipv4_address: bySwarm,
    ipv6_address: bySwarm,
    link_local_ips: notYet,
    mac_address: notYet,
    driver_opts: notYet,
    gw_priority: notYet,
    priority: notYet,
    interface_name: notYet,
  },
} as const satisfies Record<string, Record<string, string>>;

/** Keys of services that a stack refuses for another reason than a spec does. */
export const refusedInStacks: Readonly<Record<string, string>> = {
  build:
    'No host has its sources. Build it, push it to a registry, and write `image` beside it; then `build` may stay.',
  network_mode:
    'Leave it out: services of a stack are on its networks. What needs the network of its host can be one of the `containers` of the spec, with `networks: [host]`.',
  env_file: 'Write the variables into `environment`. The command line does so with the files beside the Compose file.',
};

export type Place = keyof typeof refusedKeys;
