import { z } from 'zod';
import type { ServiceLook, TaskLook } from '#core/diagnosis/symptoms.ts';
import { isAbout } from '#core/diagnosis/tasks.ts';
import { AppError } from '#core/errors.ts';
import type { CheckResult } from '#core/verification.ts';
import { listServices, type Service } from '../docker/services.ts';
import type { Task } from '../docker/tasks.ts';
import type { Managers } from '../steps/managers.ts';
import {
  hasEndedWell,
  hasFailed,
  isRunning,
  isWhole,
  lastError,
  mayEnd,
  newestFirst,
  newestTasks,
  type Standing,
  standingOf,
} from '../steps/service-tasks.ts';
import { waitFor } from '../wait-for.ts';
import { Ages } from './ages.ts';
import type { EndpointView } from './endpoints.ts';
import { isReturning, returnMs } from './returning.ts';

/** Whether services run as they should, and what is known of each. */
export interface ServiceState {
  checks: CheckResult[];
  services: ServiceLook[];
  /** Some have tasks that may end, so that what is asked meanwhile has to be seen in that light. */
  mayEnd: boolean;
  /** Addresses of tasks that have ended as they should. */
  endedAt: ReadonlySet<string>;
}

/** Where no manager answers. */
export const noState: ServiceState = { checks: [], services: [], mayEnd: false, endedAt: new Set() };

interface Known {
  view: EndpointView;
  /** Host of each NodeID. */
  hostOf: ReadonlyMap<string, string>;
  /** A task may just be coming up, or be moved to another node: so long it is asked again. */
  settleMs: number;
}

/**
 * Whether every service runs as many tasks of its present spec as it should, and keeps them; a name may resolve without.
 * A program that ends as soon as it has begun runs for a moment as well, and is seen by its failures. A task that was
 * lost once is waited for until its successor has stayed.
 */
export async function taskChecks(managers: Managers, about: Known): Promise<ServiceState> {
  let state = noState;
  let mayReturn = false;
  const knownFailed = new Set<string>();
  const ages = new Ages();
  const look = async (): Promise<true | undefined> => {
    const seen = await checkServices(managers, about, ages);
    // Only those of the first look: what fails after it is not known.
    if (state === noState) for (const id of seen.failed) knownFailed.add(id);
    state = seen.state;
    mayReturn = seen.lacking.length > 0 && seen.lacking.every((one) => isReturning(one, knownFailed));
    return seen.isSteady && seen.lacking.length === 0 ? true : undefined;
  };
  const lookOn = async (): Promise<true | undefined> => (await look()) ?? (mayReturn ? undefined : true);
  const pace = { firstMs: 200, longestMs: 1000 };
  try {
    await waitFor(look, { ...pace, limitMs: about.settleMs });
    if (mayReturn) await waitFor(lookOn, { ...pace, limitMs: returnMs });
    return state;
  } catch (error) {
    if (error instanceof AppError) return { ...state, checks: [checkOf('services', 'unknown', error.message)] };
    throw error;
  }
}

async function checkServices(managers: Managers, about: Known, ages: Ages) {
  const [services, tasks] = await Promise.all([
    managers.ask((engine) => listServices(engine, {}, { timeoutMs: limitMs })),
    newestTasks(managers),
  ]);
  const byService = Map.groupBy(tasks, ({ ServiceID }) => ServiceID);
  const seen = services.map((service): Seen => {
    const own = byService.get(service.ID) ?? [];
    return { service, tasks: own, standing: standingOf(service, own) };
  });
  const young = new Set(tasks.filter((task) => isRunning(task) && ages.isYoung(task.ID, task.Status.Timestamp)));
  const ending = seen.filter(({ service }) => mayEnd(service));
  const checks = seen.map((one) => checkService(one, young));
  const state: ServiceState = {
    checks,
    services: seen.map((one) => lookOf(one, about)),
    mayEnd: ending.length > 0,
    endedAt: new Set(ending.flatMap((one) => one.tasks.filter(hasEndedWell)).flatMap(addresses)),
  };
  return {
    state,
    isSteady: young.size === 0,
    lacking: seen.filter((_, index) => checks[index]?.result === 'failed'),
    failed: tasks.filter(hasFailed).map(({ ID }) => ID),
  };
}

/** A service with the tasks of its present spec. */
interface Seen {
  service: Service;
  tasks: readonly Task[];
  standing: Standing;
}

const addresses = ({ NetworksAttachments }: Task): string[] =>
  NetworksAttachments.flatMap(({ Addresses }) => Addresses.map((address) => address.split('/')[0] ?? ''));

const limitMs = 8000;

function checkService({ service, tasks, standing }: Seen, young: ReadonlySet<Task>): CheckResult {
  const { Name: name } = service.Spec;
  const { running, ended, wanted } = standing;
  if (wanted === null) return checkOf(name, 'failed', 'no node runs it');
  const counted = `${running} of ${wanted} tasks run${ended === 0 ? '' : `, ${ended} ended with exit code 0`}`;
  if (ended > 0 && running === 0 && isWhole(standing))
    return checkOf(name, 'skipped', `nothing of it runs: ${counted}`);
  const reason = lastError(tasks);
  if (running + ended >= wanted) {
    const isAgain = tasks.some((task) => young.has(task)) && tasks.some(hasFailed);
    return isAgain
      ? checkOf(name, 'failed', `${counted} again, after others have ended: ${reason || 'no reason is told'}`)
      : checkOf(name, 'ok', counted);
  }
  return checkOf(name, 'failed', reason === '' ? counted : `${counted}: ${reason}`);
}

const specSchema = z.looseObject({
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({ Healthcheck: z.looseObject({}).nullish() }).nullish(),
  }),
});

function lookOf({ service, tasks, standing }: Seen, { view, hostOf }: Known): ServiceLook {
  const { Name: name } = service.Spec;
  const spec = specSchema.safeParse(service.Spec);
  const ports = service.Endpoint?.Ports ?? [];
  const { running, wanted } = standing;
  return {
    name,
    networks: view.services.find((one) => one.name === name)?.networks ?? [],
    wanted,
    running,
    hasHealthCheck: spec.success && Boolean(spec.data.TaskTemplate.ContainerSpec?.Healthcheck),
    vip: (service.Endpoint?.VirtualIPs ?? []).length > 0,
    ingressPorts: ports.flatMap(({ PublishMode, PublishedPort }) =>
      PublishMode === 'ingress' && PublishedPort !== undefined ? [PublishedPort] : [],
    ),
    tasks: newestFirst(tasks.filter((task) => !isRunning(task))).map((task) => taskLook(task, hostOf)),
  };
}

/** What was asked of services whose tasks have all ended says nothing of them: it is skipped, whatever came back. */
export function skipEnded(
  checks: readonly CheckResult[],
  { checks: own }: Pick<ServiceState, 'checks'>,
): CheckResult[] {
  const ended = own.filter(({ result }) => result === 'skipped').map(({ target }) => target);
  return checks.map((check) => {
    const service = ended.find((name) => isAbout(name, check));
    if (service === undefined) return check;
    return { ...check, result: 'skipped', detail: `nothing of ${service} runs any more` };
  });
}

const taskLook = ({ Status, NodeID }: Task, hostOf: ReadonlyMap<string, string>): TaskLook => ({
  state: Status.State,
  error: Status.Err ?? '',
  host: hostOf.get(NodeID ?? '') ?? null,
  hasNode: (NodeID ?? '') !== '',
});

const checkOf = (target: string, result: CheckResult['result'], detail: string): CheckResult => ({
  level: 'L0',
  check: 'tasks',
  network: null,
  from: 'manager',
  to: null,
  target,
  result,
  detail,
  ms: null,
});
