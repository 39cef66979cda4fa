import type { Field, Parts } from './service-field.ts';

type Told = Pick<Field<never>, 'key' | 'isUntold'>;

/** `init none → true`, `healthcheck (interval 30s → 10s, test)`; undefined where nothing differs. */
export function phrase({ key, isUntold }: Told, now: Parts, wanted: Parts): string | undefined {
  const names = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].sort();
  const changed = names.filter((name) => now[name] !== wanted[name]);
  if (changed.length === 0) return undefined;
  const told = changed.map((name) => {
    if (isUntold?.(name) === true) return name;
    return `${name} ${now[name] ?? 'none'} → ${wanted[name] ?? 'none'}`.trim();
  });
  return changed[0] === '' && changed.length === 1 ? `${key} ${told.join()}`.trim() : `${key} (${told.join(', ')})`;
}
