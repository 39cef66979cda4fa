import { run } from '../run.ts';
import { LabRefusal } from '../types.ts';

/** The Debian mirror that apt already uses; `FLOTILLA_LAB_MIRROR` names another one. */
export async function debianMirror(): Promise<string> {
  const named = process.env['FLOTILLA_LAB_MIRROR'];
  if (named !== undefined && named !== '') return named;
  const format = '$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)';
  const { stdout } = await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']);
  const targets = stdout.split('\n').map((line) => line.split('|'));
  // Updates and security carry a suffix in their name and not the whole release.
  const main = targets.find(
    ([origin, codename = '', part]) => origin === 'Debian' && part === 'main' && /^\w+$/.test(codename),
  );
  const uri = main?.[3];
  if (uri === undefined) {
    throw new LabRefusal(
      'apt knows no Debian mirror: run apt-get update on Debian, or set FLOTILLA_LAB_MIRROR to the address of one.',
    );
  }
  return uri.replace(/\/$/, '');
}
