const notYet = '';
const noValue =
  'No value of a secret comes into a spec. Give it to the worker and write `from: worker`, or make it with `docker secret create` and write `external: true`.';

/** Keys of services and containers alike. */
const refusedInBoth = {
  annotations: notYet,
  attach: notYet,
  blkio_config: notYet,
  cgroup: notYet,
  cgroup_parent: notYet,
  cpu_count: notYet,
  cpu_percent: notYet,
  cpu_period: notYet,
  cpu_quota: notYet,
  cpu_rt_period: notYet,
  cpu_rt_runtime: notYet,
  cpu_shares: notYet,
  cpuset: notYet,
  credential_spec: notYet,
  depends_on: 'Swarm starts all services at the same time; leave it out.',
  develop: notYet,
  device_cgroup_rules: notYet,
  devices: notYet,
  domainname: notYet,
  env_file:
    'Write the variables into `environment`. The command line does so: with a path, or a list of paths and of `path` with `required`.',
  expose: 'Containers on one network reach all ports of each other; leave it out.',
  extends:
    'Write what it takes over into the service; `docker compose config` prints the file with all of it in place.',
  external_links: notYet,
  gpus: notYet,
  ipc: notYet,
  isolation: notYet,
  label_file: 'Write the labels into `labels`.',
  links: 'Containers on one network find each other by name; leave it out.',
  mac_address: notYet,
  mem_swappiness: notYet,
  memswap_limit: notYet,
  models: notYet,
  oom_kill_disable: notYet,
  oom_score_adj: notYet,
  pid: notYet,
  platform: notYet,
  post_start: notYet,
  pre_stop: notYet,
  privileged: notYet,
  profiles: 'Whatever a spec says is wanted; leave it out.',
  provider: notYet,
  pull_policy: notYet,
  runtime: notYet,
  security_opt: notYet,
  shm_size: notYet,
  storage_opt: notYet,
  use_api_socket: notYet,
  userns_mode: notYet,
  uts: notYet,
  volumes_from: notYet,
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
    name: 'A stack is named by its key, or by `stack deploy`.',
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
    build: 'Push an image to a registry and name it in `image`.',
    restart:
      'A swarm starts a task that ended again, so `always` and `unless-stopped` can be left out; else write `deploy.restart_policy`.',
    scale: 'Write `deploy.replicas`.',
    container_name: 'Swarm names the containers of a service.',
    network_mode: 'Services run on the networks of the spec.',
    cpus: 'Write `deploy.resources.limits.cpus`.',
    mem_limit: 'Write `deploy.resources.limits.memory`.',
    mem_reservation: 'Write `deploy.resources.reservations.memory`.',
    pids_limit: 'Write `deploy.resources.limits.pids`.',
    ...refusedInBoth,
  },
  container: {
    build: 'Push an image to a registry and name it in `image`.',
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
    ipv4_address: notYet,
    ipv6_address: notYet,
    link_local_ips: notYet,
    mac_address: notYet,
    driver_opts: notYet,
    gw_priority: notYet,
    priority: notYet,
    interface_name: notYet,
  },
} as const satisfies Record<string, Record<string, string>>;

export type Place = keyof typeof refusedKeys;
