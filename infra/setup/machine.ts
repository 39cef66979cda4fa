import { buildProbeImage, cacheDirectory } from '../probe/build.ts';
import { installLabPackages } from '#lab/packages.ts';
import { linkRedis } from './redis.ts';
import { provideSshd } from './sshd.ts';

/** `setup.sh --lab`: the Debian packages of the lab, an sshd for tests, and the probe image. */
await installLabPackages();
linkRedis();
provideSshd();
const { manifest, built } = await buildProbeImage({
  arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
  cacheDirectory: cacheDirectory(),
});
if (built) console.log(`setup: built the probe image ${manifest.tag} from Debian packages`);
