import type { Risk } from '../plan.ts';
import { covers } from './glob.ts';
import type { Policy } from './policy.ts';

export type Required = Record<Exclude<Risk, 'read'>, number>;

/** How many other persons must approve, by risk, on a cluster; the most of what fits. */
export function requiredOn({ approvals }: Policy, cluster: string | null): Required {
  const required = { low: 0, medium: 0, high: 0, critical: 0 };
  if (approvals === 'none') return required;
  for (const one of approvals.filter(({ clusters }) => covers(clusters, cluster))) {
    required.low = Math.max(required.low, one.low);
    required.medium = Math.max(required.medium, one.medium);
    required.high = Math.max(required.high, one.high);
    required.critical = Math.max(required.critical, one.critical);
  }
  return required;
}

/** How many other persons must approve a plan of a risk. What changes nothing needs nobody. */
export const requiredFor = (policy: Policy, cluster: string | null, risk: Risk): number =>
  risk === 'read' ? 0 : requiredOn(policy, cluster)[risk];

/** The same in a sentence, for `can`. */
export function requiredSentence(policy: Policy, cluster: string | null): string {
  if (policy.approvals === 'none') return 'approvals: none; nobody has configured that anybody must approve.';
  const required = requiredOn(policy, cluster);
  const parts = [
    ...(required.low > 0 ? [`low ${required.low}`] : []),
    `medium ${required.medium}`,
    `high ${required.high}`,
    `critical ${required.critical}${required.critical > 0 ? ' with the name of the cluster typed' : ''}`,
  ];
  const none = Object.values(required).every((count) => count === 0);
  return none
    ? `approvals: none${cluster === null ? '' : ` on ${cluster}`}; the policy asks for them elsewhere.`
    : `approvals by other persons: ${parts.join(', ')}.`;
}
