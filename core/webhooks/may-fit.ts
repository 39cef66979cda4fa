import { wholeRef, writeWholeRef } from '../ci/whole-ref.ts';
import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import type { SourceKind } from './contract.ts';
import { ownEvent } from './facts/facts.ts';
import type { WebhookRule } from './rule.ts';

/* Whether a rule can fit anything at all that its sender sends: one that never does waits in silence. */

type Said = 'action' | 'ref' | 'sha' | 'conclusion' | 'workflow' | 'environment' | 'image' | 'tag' | 'digest';

const onImage: readonly Said[] = ['action', 'image', 'tag', 'digest'];

/** What each sender says with each of its events; null for a sender whose events are whatever he calls them. */
const saidBy: Readonly<Record<SourceKind, Readonly<Record<string, readonly Said[]>> | null>> = {
  github: {
    push: ['ref', 'sha'],
    workflow_run: ['action', 'ref', 'sha', 'conclusion', 'workflow'],
    registry_package: onImage,
    package: onImage,
    release: ['action', 'ref', 'tag'],
    deployment: ['action', 'ref', 'sha', 'environment'],
  },
  gitlab: {
    push: ['ref', 'sha'],
    pipeline: ['ref', 'sha', 'conclusion'],
    deployment: ['ref', 'conclusion', 'environment'],
  },
  standard: null,
  harbor: { image: onImage },
  dockerhub: { image: ['action', 'image', 'tag'] },
};

const conditions = ['action', 'ref', 'tag', 'conclusion', 'workflow', 'environment'] as const;
const words = ['sha', 'image', 'tag', 'digest'] as const;

/** What keeps each rule from ever fitting, with pointers into the list. */
export const neverFitting = (kind: SourceKind, rules: readonly WebhookRule[]): InputIssue[] =>
  rules.flatMap((rule, at) =>
    faultsOf(kind, rule).map(({ key, message }) => ({ pointer: pointerOf([at, key]), message })),
  );

interface Fault {
  key: keyof WebhookRule;
  message: string;
}

function faultsOf(kind: SourceKind, rule: WebhookRule): Fault[] {
  const faults: Fault[] = [];
  if ((kind === 'github' || kind === 'gitlab') && !/^\d+$/.test(rule.repository))
    faults.push({ key: 'repository', message: 'write the number that the sender gives it, not its name' });
  if (rule.ref !== undefined && !wholeRef.test(rule.ref)) faults.push({ key: 'ref', message: writeWholeRef });
  const events = saidBy[kind];
  if (events === null) return ownEvent.test(rule.event) ? faults : [ownEventFault, ...faults];
  const said = Object.hasOwn(events, rule.event) ? events[rule.event] : undefined;
  return [...(said === undefined ? [eventFault(kind, rule.event)] : unsaid(rule, said)), ...faults];
}

const ownEventFault: Fault = { key: 'event', message: 'use lower case letters, `_`, `.` and `-`' };

function eventFault(kind: SourceKind, event: string): Fault {
  const known = Object.keys(saidBy[kind] ?? {});
  return { key: 'event', message: `${kind} sends ${known.join(', ')}${didYouMean(event, known)}` };
}

function unsaid(rule: WebhookRule, said: readonly Said[]): Fault[] {
  const says = (what: string): string => `${rule.event} says no ${what}, only ${said.join(', ')}`;
  const asked = conditions.filter((name) => rule[name] !== undefined && !said.includes(name));
  const filled = words.filter((name) => rule.command.includes(`{${name}}`) && !said.includes(name));
  return [
    ...asked.map((key): Fault => ({ key, message: says(key) })),
    ...filled.map((name): Fault => ({ key: 'command', message: `{${name}} stays empty: ${says(name)}` })),
  ];
}
