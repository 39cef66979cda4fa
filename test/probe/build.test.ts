import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProbeImage, cacheDirectory, sizeBytesMax } from '../../infra/probe/build.ts';
import { architectures } from '../../infra/probe/contents.ts';
import type { Arch } from '../../infra/probe/contents.ts';
import { neededLibraries } from '../../infra/probe/elf.ts';
import { probeImage } from '#workers/probe/image.ts';
import { makeNamespace, removeNamespace } from './namespaces.ts';
import { confined } from './prober.ts';
import { canRun, unpackImage } from './world.ts';

const run = promisify(execFile);
const buildLimitMs = 120_000;
const elfMachines = { amd64: 62, arm64: 183 };

let folder = '';
const cache = cacheDirectory();

describe.skipIf(!canRun)('the probe image', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flotilla-build-test-'));
    await buildProbeImage({ arch: 'amd64', cacheDirectory: cache });
  }, buildLimitMs);
  afterAll(() => rm(folder, { recursive: true }));

  test('is small, is found by the worker, and is not built again without a change', async () => {
    const { manifest, built } = await buildProbeImage({ arch: 'amd64', cacheDirectory: cache });
    expect(built).toBe(false);
    const image = await probeImage('amd64', { folders: [cache], buildScript: null });
    expect(image).toMatchObject({ tag: manifest.tag, sizeBytes: manifest.sizeBytes, imageId: manifest.imageId });
    expect(sizeBytesMax).toBe(8_000_000);
    expect((await readFile(image.path)).length).toBeLessThanOrEqual(sizeBytesMax);
    expect(image.tag).toBe(`flotilla-probe:${image.imageId.slice('sha256:'.length).slice(0, 12)}`);
  });

  test('comes out the same, byte for byte, when it is built elsewhere', { timeout: buildLimitMs }, async () => {
    const { manifest } = await buildProbeImage({ arch: 'amd64', cacheDirectory: join(folder, 'elsewhere') });
    const [here, there] = [join(cache, manifest.file), join(folder, 'elsewhere', manifest.file)];
    expect((await readFile(there)).equals(await readFile(here))).toBe(true);
  });

  test('is an archive that says what is in it, with fixed owners and times', async () => {
    const { path, tag, imageId } = await probeImage('amd64');
    const [manifest] = JSON.parse((await run('tar', ['-xzOf', path, 'manifest.json'])).stdout);
    expect(manifest).toMatchObject({ RepoTags: [tag], Config: `${imageId.slice('sha256:'.length)}.json` });
    const config = JSON.parse((await run('tar', ['-xzOf', path, manifest.Config])).stdout);
    expect(config).toMatchObject({ architecture: 'amd64', os: 'linux', config: { Entrypoint: ['/probe'] } });
    const { stdout } = await run('tar', ['-tzvf', path, '--utc', '--full-time']);
    const times = new Set(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/).slice(1, 5).toSpliced(1, 1).join(' ')),
    );
    expect([...times]).toEqual(['0/0 1970-01-01 00:00:00']);
  });

  test.each<Arch>(['amd64', 'arm64'])(
    'of %s holds every library that is asked for, of that architecture, and no papers',
    { timeout: buildLimitMs },
    async (arch) => {
      const { manifest } = await buildProbeImage({ arch, cacheDirectory: cache });
      const root = join(folder, arch);
      await unpackImage(join(cache, manifest.file), root);
      const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      const machines = new Set<number>();
      for (const path of files.map((entry) => join(entry.parentPath, entry.name))) {
        expect(path).not.toMatch(/share\/(doc|man|locale|info)/);
        const file = await readFile(path);
        if (file.length > 64 && file.readUInt32BE(0) === 0x7f454c46) machines.add(file.readUInt16LE(18));
        for (const library of neededLibraries(file)) {
          const found = files.some((entry) => entry.name === library);
          expect(found, `${path} asks for ${library}`).toBe(true);
        }
      }
      expect([...machines]).toEqual([elfMachines[arch]]);
      expect(files.map((entry) => join(entry.parentPath, entry.name))).toContain(
        join(root, architectures[arch].loader),
      );
    },
  );

  test('holds the tools, and they run with the capabilities of a container', async () => {
    const root = join(folder, 'amd64');
    const namespace = await makeNamespace();
    const inside = (...command: string[]) => namespace.run(...confined({ root }), ...command);
    expect(JSON.parse(await inside('ip', '-j', 'address', 'show', 'lo'))[0]).toMatchObject({ ifname: 'lo' });
    expect(await inside('ping', '-c1', '-M', 'do', '-s', '1000', '127.0.0.1')).toContain('1 received');
    expect(await inside('ethtool', '-k', 'lo')).toContain('tx-checksumming');
    expect(await inside('nsenter', '--version')).toContain('util-linux');
    const [program = '', ...args] = namespace.inside([...confined({ root }), 'tcpdump', '-lnni', 'lo', '-c1', 'icmp']);
    const capture = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const captured = once(capture.stdout, 'data');
    await once(capture.stderr, 'data');
    await inside('ping', '-c1', '127.0.0.1');
    expect(String(await captured)).toContain('ICMP echo request');
    await removeNamespace(namespace);
  });
});
