import { AppError, orRefusal } from '#core/errors.ts';
import { nameList } from '#core/name-list.ts';
import { naturally } from '#core/natural-order.ts';
import { listNodes, type SwarmNode } from '../docker/nodes.ts';
import { hostsByNode } from '../observe/members.ts';
import type { StepContext } from './context.ts';

/** A node that is given no task now. */
export interface AwayNode {
  host: string;
  /** What a manager says of it: `down`, `unknown`, or that it is paused or drained. */
  why: string;
  isLost: boolean;
}

/** Nodes that are given no task, as a manager lists them; none where that cannot be asked. */
export async function awayNodes({ managers, nodes }: StepContext): Promise<AwayNode[]> {
  const listed = await orRefusal(managers.ask((engine) => listNodes(engine)));
  return listed instanceof AppError ? [] : awayAmong(listed, hostsByNode(nodes));
}

export const awayAmong = (listed: readonly SwarmNode[], hostOf: ReadonlyMap<string, string>): AwayNode[] =>
  listed
    .flatMap((node): AwayNode[] => {
      const { Availability: availability } = node.Spec;
      const host = hostOf.get(node.ID) ?? node.Description.Hostname;
      if (node.Status.State !== 'ready') return [{ host, why: node.Status.State, isLost: true }];
      return availability === 'active' ? [] : [{ host, why: `set to \`${availability}\``, isLost: false }];
    })
    .toSorted((a, b) => naturally(a.host, b.host));

/** ` h2 is down, h3 is set to `drain`.`, to follow a sentence; empty where every node takes tasks. */
export const awayText = (away: readonly AwayNode[]): string =>
  away.length === 0 ? '' : ` ${nameList(away.map(({ host, why }) => `${host} is ${why}`))}.`;

/** What to do where nodes are lost; undefined where none is. */
export function bringBack(away: readonly AwayNode[], cluster: string): string | undefined {
  const lost = away.filter(({ isLost }) => isLost).map(({ host }) => host);
  const [first] = lost;
  if (first === undefined) return undefined;
  const it = lost.length === 1 ? 'it is' : 'they are';
  return (
    `Bring ${nameList(lost)} back (\`flotilla host probe ${first}\` says what is wrong), then \`flotilla ops retry last\`. ` +
    `If ${it} gone for good: \`flotilla node rm ${first} --cluster ${cluster} --force\`.`
  );
}
