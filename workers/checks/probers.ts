import type { HostLook } from '#core/diagnosis/symptoms.ts';
import { AppError, orRefusal } from '#core/errors.ts';
import type { Hosts } from '../hosts.ts';
import { Joining } from './joining.ts';
import type { Vantage } from './planned-check.ts';
import { type Prober, removeLeftProbers, startProber } from './probe-container.ts';
import { ensureProbeImage } from './probe-image.ts';

/** A prober that runs, or the reason why its host's checks cannot be made, while what was made of it is removed. */
export type Started =
  | { vantage: Vantage; prober: Prober }
  | { vantage: Vantage; fault: AppError; removal?: Promise<void> };

export interface ProberAsk {
  hosts: Hosts;
  /** What was seen of each engine, its architecture among it. */
  looks: Readonly<Record<string, HostLook>>;
  operation: string;
  /** How long what was just changed may take. */
  settleMs: number;
  note: (host: string | null, text: string) => void;
}

/**
 * Starts a prober at every vantage point, all hosts side by side, and removes every one of them whatever happens.
 * All are up before `use` begins, since they are also what the bulk test talks to.
 */
export async function withProbers<T>(
  ask: ProberAsk,
  vantages: readonly Vantage[],
  use: (started: Started[]) => Promise<T>,
): Promise<T> {
  await using probers = await startProbers({ ...ask, isFirst: true }, vantages);
  return await use(probers.started);
}

export interface Probers extends AsyncDisposable {
  started: Started[];
  /** Removes them; twice is fine. */
  end: () => Promise<void>;
}

/** Starts probers: the first ones of a run, when whatever a killed worker left is removed, or more beside those. */
export async function startProbers(
  ask: ProberAsk & { isFirst: boolean },
  vantages: readonly Vantage[],
): Promise<Probers> {
  const byHost = Map.groupBy(vantages, ({ host }) => host);
  const wave = { ...ask, joining: new Joining(ask.settleMs) };
  const started = (await Promise.all([...byHost].map(([host, own]) => startOnHost(wave, host, own)))).flat();
  let ended: Promise<void> | null = null;
  const end = (): Promise<void> => {
    ended ??= Promise.all(
      started.map(async (one) => {
        await ('prober' in one ? removeQuietly(ask, one.prober) : one.removal);
      }),
    ).then(() => undefined);
    return ended;
  };
  return { started, end, [Symbol.asyncDispose]: end };
}

/** Takes probers off and starts them anew in their places, one after the other, so that each finds those before it. */
export async function attachAgain(ask: ProberAsk, started: Started[], which: readonly Started[]): Promise<void> {
  for (const one of which) await startAnew({ ...ask, joining: new Joining(ask.settleMs) }, started, one);
}

/** An engine that hears of no manager gives up after so long by itself. */
const verdictMs = 20_000;

/** The same for probers that did not join in time, all at once, and until their engines say themselves that they cannot. */
export async function attachLate(ask: ProberAsk, started: Started[], late: readonly Started[]): Promise<void> {
  const wave = { ...ask, joining: new Joining(verdictMs) };
  await Promise.all(late.map((one) => startAnew(wave, started, one)));
}

async function startAnew(ask: ProberAsk & { joining: Joining }, started: Started[], one: Started): Promise<void> {
  await ('prober' in one ? removeQuietly(ask, one.prober) : one.removal);
  const [again] = await startOnHost({ ...ask, isFirst: false }, one.vantage.host, [one.vantage]);
  if (again !== undefined) started[started.indexOf(one)] = again;
}

async function startOnHost(
  ask: ProberAsk & { isFirst: boolean; joining: Joining },
  host: string,
  vantages: readonly Vantage[],
): Promise<Started[]> {
  try {
    const engine = ask.hosts.engine(host);
    const [image] = await Promise.all([
      ensureProbeImage(ask.hosts, host, (text) => ask.note(host, text), machineOf(ask.looks[host])),
      ask.isFirst ? removeLeftProbers(engine) : 0,
    ]);
    return await Promise.all(
      vantages.map(async (vantage) => {
        const start = await orRefusal(startProber(engine, vantage, { ...ask, image }));
        if (start instanceof AppError) return { vantage, fault: start };
        if ('prober' in start) return { vantage, ...start };
        return { vantage, fault: start.fault, removal: tellUnremoved(ask, host, start.removal) };
      }),
    );
  } catch (error) {
    if (error instanceof AppError) return vantages.map((vantage) => ({ vantage, fault: error }));
    throw error;
  }
}

const machineOf = (look: HostLook | undefined): string | undefined =>
  look?.engine.known === true ? look.engine.value.arch : undefined;

/** A host that went away cannot be cleaned now; the label lets the next run do it. */
const removeQuietly = (ask: ProberAsk, prober: Prober): Promise<void> =>
  tellUnremoved(ask, prober.host, prober.remove());

async function tellUnremoved(ask: ProberAsk, host: string, removal: Promise<void>): Promise<void> {
  const fault = await orRefusal(removal);
  if (fault instanceof AppError) ask.note(host, `the probe container could not be removed: ${fault.message}`);
}
