import { ownLabelPrefix } from '../spec/names.ts';

/** Names the labels of a node that come from the spec, so that labels which others put there are left alone. */
const managedLabel = `${ownLabelPrefix}labels`;

type Labels = Readonly<Record<string, string>>;

/** All labels that a node should end up with: those of the spec, and those that are not ours. */
export function wantedLabels(observed: Labels, wanted: Labels): Record<string, string> {
  const ours = new Set([managedLabel, ...managedNames(observed)]);
  const others = Object.entries(observed).filter(([name]) => !ours.has(name));
  const names = Object.keys(wanted).sort();
  return {
    ...Object.fromEntries(others),
    ...wanted,
    ...(names.length === 0 ? {} : { [managedLabel]: names.join(' ') }),
  };
}

/** Docker's label names have no spaces in practice; one that has is taken for not ours, and so is never removed. */
const managedNames = (observed: Labels): string[] => (observed[managedLabel] ?? '').split(' ').filter(Boolean);

export const sameLabels = (a: Labels, b: Labels): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};

/** Without what we write ourselves. */
export const userLabels = (labels: Labels): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith(ownLabelPrefix)));
