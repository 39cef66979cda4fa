/** A placement constraint such as `node.role == manager`, as Swarm's scheduler reads it (swarmkit, manager/constraint). */
export interface Constraint {
  key: string;
  equal: boolean;
  value: string;
}

const form = /^\s*((?:node|engine)\.[a-zA-Z0-9._/-]+)\s*(==|!=)\s*(.+?)\s*$/;

/** The parts of a constraint, or undefined when the text is none. */
export function parseConstraint(text: string): Constraint | undefined {
  const [, key, operator, value] = form.exec(text) ?? [];
  return key === undefined || value === undefined ? undefined : { key, equal: operator === '==', value };
}
