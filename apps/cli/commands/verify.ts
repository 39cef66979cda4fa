import { exitCodeOf } from '#core/errors.ts';
import { reportOfVerification } from '#core/reports/report.ts';
import type { Verification } from '#core/verification.ts';
import { apiOf } from '#cli/api.ts';
import { reportText } from '#cli/output/report-text.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { oneName, pickCluster } from './pick-cluster.ts';

export interface VerifyOptions {
  cluster?: string;
  network?: string[];
  connectivity?: 'full' | 'sampled';
  failOn?: 'error' | 'warning';
  /** False with `--no-wait`. */
  wait?: boolean;
}

/** Verifies a running cluster. The document is the verification, as JSON, JUnit XML or a page. */
export async function verify(session: Session, name: string | undefined, options: VerifyOptions): Promise<number> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, oneName(name, options.cluster));
  const operation = await api.ask(
    api.client.v1.clusters[':cluster'].verify.$post({
      param: { cluster },
      json: { networks: options.network ?? [], connectivity: options.connectivity ?? null },
    }),
  );
  if (options.wait === false) {
    session.show(operation, () => [`Started. Follow it: flotilla ops watch ${operation.id}`]);
    return 0;
  }
  const ended = await runToEnd(session, operation.id);
  const exitCode = conclude(session, ended);
  const { verification } = ended.progress;
  if (verification === null) session.show({ error: ended.view.error }, () => []);
  else {
    const report = reportOfVerification({
      id: operation.id,
      cluster,
      operation: operation.id,
      at: verification.startedAt,
      verification,
    });
    session.show(verification, () => reportText(session.flags.output, report));
  }
  const warned = options.failOn === 'warning' && verification !== null && hasWarning(verification);
  return exitCode === 0 && warned ? exitCodeOf('verification_failed') : exitCode;
}

const hasWarning = ({ findings }: Verification): boolean => findings.some(({ severity }) => severity !== 'note');
