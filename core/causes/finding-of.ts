import type { Finding } from '../finding.ts';
import { nameList } from '../name-list.ts';
import { type CauseId, causeOf } from './catalogue.ts';

/** What is known of this case; the rest comes from the catalogue. */
export interface Told {
  /** One sentence with the hosts in it; the title of the cause unless given. */
  message?: string | undefined;
  /** Hosts at fault, not those that suffer. */
  hosts?: readonly string[];
  /** One-way faults: `from` cannot reach `to`. */
  direction?: Finding['direction'];
  network?: string;
  evidence?: readonly string[];
  /** Instead of the catalogue's. */
  fix?: string;
  severity?: Finding['severity'];
  confidence?: Finding['confidence'];
  /** Id of the finding that explains this one. */
  consequenceOf?: CauseId;
  /** True when only the symptom is known. */
  symptom?: boolean;
  /** What to write for `<port>` and the like in the catalogue's fix. `<host>` is known from the hosts. */
  values?: Readonly<Record<string, string>>;
}

/** The only way to make a finding: an id that is not in the catalogue does not compile. */
export function findingOf(id: CauseId, told: Told = {}): Finding {
  const cause = causeOf(id);
  const hosts = [...(told.hosts ?? [])];
  const values = { ...(hosts.length > 0 ? { host: nameList(hosts) } : {}), ...told.values };
  return {
    id,
    severity: told.severity ?? cause.severity,
    message: told.message ?? fill(cause.title, values),
    hosts,
    ...(told.direction === undefined ? {} : { direction: told.direction }),
    ...(told.network === undefined ? {} : { network: told.network }),
    evidence: [...(told.evidence ?? [])],
    fix: told.fix ?? fill(cause.fix, values),
    confidence: told.confidence ?? 'certain',
    consequenceOf: told.consequenceOf ?? null,
    symptom: told.symptom ?? false,
  };
}

/** The same with the cluster in the commands of its fix: rules see no names of clusters. */
export const inCluster = (finding: Finding, cluster: string): Finding =>
  finding.fix === undefined ? finding : { ...finding, fix: fill(finding.fix, { cluster }) };

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/<([a-z]+)>/gu, (placeholder, name: string) => values[name] ?? placeholder);

/** Findings that name what is wrong: neither notes, nor symptoms, nor what follows from another one. */
export const rootCausesOf = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ severity, consequenceOf, symptom }) => severity !== 'note' && consequenceOf === null && !symptom);
