import type { Host } from '#core/host.ts';
import type { Observation } from '#core/observation.ts';
import type { Plan } from '#core/plan.ts';
import type { PlanInput } from '#core/plan/input.ts';
import { planCluster } from '#core/plan/plan-cluster.ts';
import { type SpecInput, specSchema } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { observeCluster } from '#workers/observe/observe-cluster.ts';
import { HostAccess } from '#workers/open-hosts.ts';
import { Reporter, type ReportInput } from '#workers/reporter.ts';
import { Spool } from '#workers/spool.ts';
import type { StepContext } from '#workers/steps/context.ts';
import { JoinTokens } from '#workers/steps/join-tokens.ts';
import { Managers } from '#workers/steps/managers.ts';
import { cluster, leaseOf } from './bench-lease.ts';

/** Steps on real hosts without API and database: the planner makes them, and what they report is the record. */
export interface StepBench {
  /** The plan for a spec from what is there now. Throws when it is refused. */
  plan: (spec: SpecInput) => Promise<Plan>;
  observe: (spec: SpecInput) => Promise<Observation>;
  /** A context as a worker makes it that was started just now: it remembers nothing but the record. */
  context: (operation: string) => StepContext;
  close: () => Promise<void>;
}

/** `secretsFolder` is the worker's own. */
export async function createStepBench(lab: Lab, folder: string, secretsFolder: string): Promise<StepBench> {
  const hosts = await Promise.all(lab.hosts.map((host) => hostOf(host)));
  const keys = new Map([['default', [{ kind: 'file' as const, path: lab.sshKeyFile }]]]);
  const access = new HostAccess({
    ssh: { keys, keysFolder: null, sudoPasswordFiles: new Map() },
    probe: {},
    registryLogins: null,
    secrets: { files: new Map(), folder: secretsFolder },
  });
  const record: { swarmId: string | null; nodes: Record<string, string> } = { swarmId: null, nodes: {} };
  let decisions: PlanInput['decisions'] = [];
  let expected: string[] = [];
  let configs: StepContext['configs'];
  const anySpec: SpecInput = {
    cluster,
    nodes: Object.fromEntries(hosts.map(({ name }) => [name, { role: 'manager' }])),
  };
  const open = (spec: SpecInput) => access.open(leaseOf(hosts, spec), silentReporter(folder));
  const observe = (spec: SpecInput): Promise<Observation> => observeCluster(open(anySpec), leaseOf(hosts, spec));
  return {
    observe,
    async plan(spec) {
      const wanted = specSchema.parse(spec);
      const observation = await observe(spec);
      const input = { cluster, record, hosts, base: null, revision: 1, decisions, observation };
      const planned = await planCluster({ ...input, spec: wanted });
      if (planned.kind === 'refused') throw new Error(`refused: ${planned.error.message}`);
      decisions = planned.plan.decisions;
      expected = Object.keys(wanted.nodes);
      configs = wanted.configs;
      return planned.plan;
    },
    context(operation) {
      const view = open(anySpec);
      const engineOf = (name: string) => view.engine(name);
      const candidates = hosts.map(({ name }) => name);
      return {
        operation,
        cluster,
        seenJustNow: null,
        hosts: view,
        managers: new Managers({ engineOf, candidates, swarmId: record.swarmId, cluster }),
        tokens: new JoinTokens(engineOf),
        report: (input) => note(record, input),
        configs,
        containers: [],
        expected,
        nodes: new Map(Object.entries(record.nodes)),
      };
    },
    close: () => access.close(),
  };
}

/** What the API would write down of a report. */
function note(record: { swarmId: string | null; nodes: Record<string, string> }, input: ReportInput): void {
  if (input.type === 'swarm') {
    record.swarmId ??= input.swarmId;
    Object.assign(record.nodes, input.nodes);
  }
  if (input.type === 'node') record.nodes[input.host] = input.nodeId;
}

async function hostOf(host: Lab['hosts'][number]): Promise<Host> {
  const { name, address, sshPort: port, user } = host;
  const hostKeys = [{ algorithm: 'ssh-ed25519', fingerprint: await host.hostKeyFingerprint() }];
  return { name, address, port, user, key: 'default', via: null, hostKeys, acceptNew: false, cluster };
}

/** Keys are pinned already, so nothing is ever reported through it. */
const silentReporter = (folder: string): Reporter =>
  new Reporter({ spool: new Spool(folder, 'op_bench'), nextSequence: 1, send: () => Promise.resolve('sent') });
