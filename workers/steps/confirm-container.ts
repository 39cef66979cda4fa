import { logsCommand } from '#core/logs.ts';
import { nanosecondsOf } from '#core/spec/duration.ts';
import { isDisabled } from '#core/spec/healthcheck.ts';
import { mayEndWell } from '#core/spec/service.ts';
import type { Outcome, StepContainer } from '#core/step.ts';
import { type Container, inspectContainer } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { waitFor } from '../wait-for.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

interface Run {
  name: string;
  id: string;
  spec: Pick<StepContainer, 'healthcheck' | 'restart'>;
  /** The name under which it is found when it does not run. */
  afterwards: string;
  cluster: string;
}

/** A check that says nothing for longer than this is left to itself, and the container runs. */
const healthLimitMs = 300_000;

/** Runs, or has ended well where that is all it should: a command that fails at once is a failed step, with its exit code. */
export async function confirmRuns(engine: EngineClient, run: Run): Promise<Outcome> {
  const state = await waitFor(
    async () => {
      const { State: now } = await inspectContainer(engine, run.id);
      return now.Status === 'created' ? undefined : now;
    },
    { limitMs: 10_000 },
  );
  return state?.Status === 'running' ? confirmHealth(engine, run) : ended(run, state);
}

/** Whether one that runs still does after a second, without having been started anew in between. */
export async function staysUp(engine: EngineClient, run: Run, outcome: Outcome): Promise<Outcome> {
  const state = await waitFor(
    async () => {
      const { State: now, RestartCount } = await inspectContainer(engine, run.id);
      return now.Status === 'running' && RestartCount === 0 ? undefined : now;
    },
    { limitMs: 1000, firstMs: 200, longestMs: 200 },
  );
  return state === undefined ? outcome : ended(run, state);
}

/** What `confirmRuns` says, for one that ran already when the step came to it. */
export async function stillRuns(engine: EngineClient, run: Run): Promise<Outcome> {
  const outcome = await confirmHealth(engine, run);
  return outcome.kind === 'done' ? alreadyDone() : outcome;
}

/** Waits for the first word of the health check that the spec gives the container. */
async function confirmHealth(engine: EngineClient, run: Run): Promise<Outcome> {
  const { id, spec } = run;
  const { healthcheck } = spec;
  const runs = done(id.slice(0, 12));
  if (healthcheck === undefined || isDisabled(healthcheck)) return runs;
  const verdict = await waitFor(
    async () => {
      const { State: now } = await inspectContainer(engine, id);
      return now.Status === 'running' && now.Health?.Status === 'starting' ? undefined : now;
    },
    { limitMs: Math.min(firstWordMs(healthcheck), healthLimitMs), firstMs: 100, longestMs: 1000 },
  );
  if (verdict === undefined) return done(`${id.slice(0, 12)}, its health check has not said anything yet`);
  if (verdict.Status !== 'running') return ended(run, verdict);
  return verdict.Health?.Status === 'unhealthy' ? unhealthy(run, verdict.Health) : runs;
}

/** Until it can be said to be unhealthy, by the engine's defaults where nothing is written. */
function firstWordMs({ interval = '30s', timeout = '30s', start_period = '0s', retries = 3 }: Check): number {
  const [every, each, start] = [interval, timeout, start_period].map((text) => nanosecondsOf(text) / 1e6);
  return (start ?? 0) + ((every ?? 0) + (each ?? 0)) * retries + 5000;
}
type Check = NonNullable<StepContainer['healthcheck']>;

/** One that nobody is to start again has done its work when it ends well. */
function ended({ name, id, spec, afterwards, cluster }: Run, state: Container['State'] | undefined): Outcome {
  if (state?.Status === 'exited' && state.ExitCode === 0 && mayEndWell(spec))
    return done(`${id.slice(0, 12)}, ended with exit code 0`);
  const how = state === undefined ? 'did not start' : `ended at once (${state.Status}, exit code ${state.ExitCode})`;
  return failed('step_failed', `The container ${name} ${how}.`, {
    done: 'The container was made and is still there, so that its log can be read.',
    next: `\`${logsCommand('container', afterwards, cluster)}\` shows what it printed. Mend the spec, then apply again.`,
  });
}

/** What the check wrote is not told: it may be a secret. */
function unhealthy({ name, afterwards }: Run, { Log }: NonNullable<Container['State']['Health']>): Outcome {
  const code = Log.at(-1)?.ExitCode;
  const exit = code === undefined ? '' : `: its health check ended with exit code ${code}`;
  return failed('step_failed', `The container ${name} runs but is unhealthy${exit}.`, {
    done: 'The container was made and still runs, so that it can be looked at.',
    next: `Read what the check says with \`docker inspect ${afterwards}\` on its host, mend the cause or the spec, then retry.`,
  });
}
