import type { Command } from 'commander';

/* The first words of commands, with the heading of `flotilla --help` that each stands under. */

const control = 'The control plane:';
const members = 'Hosts and clusters:';
const wanted = 'What a cluster should be:';
const parts = 'Parts of a cluster:';
const seen = 'Proof and progress:';
const access = 'Who may, and who has to agree:';

const nouns: Record<string, { group: string; text: string }> = {
  up: { group: control, text: 'run the control plane on this machine until Ctrl-C' },
  api: { group: control, text: 'run the API alone, for workers elsewhere' },
  worker: { group: control, text: 'run a worker alone, where the hosts can be reached' },
  health: { group: control, text: 'whether what runs on a data folder is well; for health checks' },
  backup: { group: control, text: 'copy the data of a control plane, also while it runs, and check the copy' },
  restore: { group: control, text: 'put a backup into a new data folder' },
  whoami: { group: control, text: 'show as whom the control plane knows this token' },
  audit: { group: control, text: 'the record of who did what' },
  slack: { group: control, text: 'Slack, where the team talks' },
  host: { group: members, text: 'machines that are reached by SSH' },
  cluster: { group: members, text: 'swarms that are managed here' },
  node: { group: members, text: 'hosts as members of a cluster' },
  plan: { group: wanted, text: 'show what an apply would do; changes nothing' },
  apply: { group: wanted, text: 'make a cluster as the spec says: plan, ask, run, prove' },
  rollback: { group: wanted, text: 'propose an earlier revision again' },
  network: { group: parts, text: 'overlay networks' },
  service: { group: parts, text: 'services' },
  container: { group: parts, text: 'standalone containers, each on one host' },
  stack: { group: parts, text: 'stacks' },
  ps: { group: seen, text: 'what runs in a cluster now: nodes, services with their tasks, containers' },
  preflight: { group: seen, text: 'see whether hosts are fit to be a swarm; changes nothing' },
  verify: { group: seen, text: 'prove that containers on different hosts reach each other' },
  explain: { group: seen, text: 'tell what a finding means, and what to do' },
  reports: { group: seen, text: 'what verifications and preflights found' },
  say: { group: seen, text: 'say a line as in Slack; work that it starts is followed' },
  ops: { group: seen, text: 'operations: what runs and what ran' },
  can: { group: access, text: 'whether somebody may do something, and why' },
  person: { group: access, text: 'people, and the most that each may do' },
  token: { group: access, text: 'tokens to come in with' },
  policy: { group: access, text: 'rules beyond the roles, and who has to approve' },
  approvals: { group: access, text: 'plans that wait for approval' },
  approve: { group: access, text: "approve another person's plan" },
  deny: { group: access, text: 'deny a plan' },
  lock: { group: access, text: 'keep a cluster to yourself for a while' },
  unlock: { group: access, text: 'end a lock' },
  freeze: { group: access, text: 'keep everybody from changing a cluster' },
  unfreeze: { group: access, text: 'end a freeze' },
  'break-glass': { group: access, text: 'act without approval in an emergency' },
  webhooks: { group: access, text: 'what CI systems and registries send, and what it may cause' },
  ci: { group: access, text: 'runs of CI that come in without a secret' },
  notices: { group: access, text: 'what you have to be told' },
};

/** The command of a first word, made when it is not there yet. */
export function nounOf(program: Command, noun: string): Command {
  const known = program.commands.find((one) => one.name() === noun);
  if (known !== undefined) return known;
  const { group, text } = nouns[noun] ?? { group: parts, text: noun };
  return program.command(noun).description(text).helpGroup(group);
}

/** Makes them all, in the order in which they are to be listed. */
export function addNouns(program: Command): void {
  for (const noun of Object.keys(nouns)) nounOf(program, noun);
}
