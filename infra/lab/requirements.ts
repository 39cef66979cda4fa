import { killedCode, run } from './run.ts';
import { installLabPackages } from './packages.ts';
import { LabRefusal } from './types.ts';

/** Refuses where no lab can be, with one sentence that says what to do; installs the packages that are missing. */
export async function checkMachine(log: (line: string) => void): Promise<void> {
  if (process.platform !== 'linux')
    throw new LabRefusal(`A lab needs Linux, not ${process.platform}: use a Debian machine or VM.`);
  if (process.getuid?.() !== 0) throw new LabRefusal('A lab needs root: run the command with sudo.');
  await installLabPackages(log);
  await checkKernel();
}

/** Tries each feature in namespaces that vanish with the try. */
async function checkKernel(): Promise<void> {
  const tries: [feature: string, script: string][] = [
    ['network namespaces', 'true'],
    ['veth', 'ip link add try0 type veth peer name try1'],
    ['bridge', 'ip link add try0 type bridge'],
    ['vxlan', 'ip link add try0 type vxlan id 1 dstport 4789'],
    [
      'overlayfs',
      'mount -t tmpfs t /mnt && cd /mnt && mkdir l u w m && mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m',
    ],
  ];
  const enter = ['unshare', '--net', '--mount', '--pid', '--fork', 'sh', '-ec'];
  const results = await Promise.all(
    tries.map(async ([feature, script]) => ({ feature, ...(await run([...enter, script])) })),
  );
  // A try that was killed by the time limit says nothing about the kernel.
  const unknown = results.find(({ code }) => code === killedCode);
  if (unknown !== undefined) throw new Error(`It could not be tried whether this kernel has ${unknown.feature}.`);
  const missing = results.filter(({ code }) => code !== 0).map(({ feature }) => feature);
  if (missing.length === 0) return;
  throw new LabRefusal(
    `This kernel has no ${missing.join(', ')} (or this container may not use it): use a machine or VM with Debian's own kernel, as root.`,
  );
}
