import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { probeImage } from './image.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-image-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const archive = 'an archive';
const manifest = {
  protocol: 2,
  tag: 'flotilla-probe:0123456789ab',
  imageId: 'sha256:0123',
  file: 'probe-amd64-0123456789ab.tar.gz',
  sizeBytes: archive.length,
};

async function put(changes: Partial<typeof manifest> = {}): Promise<void> {
  const written = { ...manifest, ...changes };
  await writeFile(join(folder, written.file), archive);
  await writeFile(join(folder, 'probe-amd64.json'), JSON.stringify(written));
}

/** Stands in for the build: writes an image into the folder that it is told, and counts itself. */
const fakeBuild = `
import { appendFileSync, writeFileSync } from 'node:fs';
const cache = process.argv[process.argv.indexOf('--cache') + 1];
appendFileSync(cache + '/builds', 'x');
writeFileSync(cache + '/${manifest.file}', '${archive}');
writeFileSync(cache + '/probe-amd64.json', '${JSON.stringify(manifest)}');
`;

test('a built image is found with its tag and path', async () => {
  await put();
  const image = await probeImage('amd64', { folders: ['/nowhere', folder], buildScript: null });
  expect(image).toEqual({
    tag: manifest.tag,
    path: join(folder, manifest.file),
    sizeBytes: 10,
    imageId: 'sha256:0123',
  });
});

test.each([
  ['of another protocol', { protocol: 99 }],
  ['that is cut off', { sizeBytes: 11 }],
])('an image %s is not taken', async (_, changes) => {
  await put(changes);
  await expect(probeImage('amd64', { folders: [folder], buildScript: null })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('the image of one architecture is none for another', async () => {
  await put();
  const asked = probeImage('arm64', { folders: [folder], buildScript: null });
  await expect(asked).rejects.toMatchObject({ next: expect.stringContaining('npm run probe:build -- --arch arm64') });
});

test('what is missing is built once, however many hosts ask', async () => {
  const buildScript = join(folder, 'build.mjs');
  await writeFile(buildScript, fakeBuild);
  const images = await Promise.all([1, 2, 3].map(() => probeImage('amd64', { folders: [folder], buildScript })));
  expect(new Set(images.map((image) => image.tag))).toEqual(new Set([manifest.tag]));
  expect(await readFile(join(folder, 'builds'), 'utf8')).toBe('x');
});

test('a build that fails says why and what to do', async () => {
  const buildScript = join(folder, 'build.mjs');
  await writeFile(
    buildScript,
    `console.error('The probe image was not built: the disk is full'); process.exitCode = 1;`,
  );
  const asked = probeImage('amd64', { folders: [folder], buildScript });
  await expect(asked).rejects.toThrow(/no probe image for amd64 in .*not built: the disk is full$/);
});

test('an override is the only place that is looked at, and nothing is built', async () => {
  const buildScript = join(folder, 'build.mjs');
  await writeFile(buildScript, fakeBuild);
  const asked = probeImage('amd64', { overrideImage: join(folder, 'other'), folders: [folder], buildScript });
  await expect(asked).rejects.toThrow(/no probe image for amd64 in .*other\.$/);
});
