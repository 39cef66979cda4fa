import { expect, test } from 'vitest';
import { engineThat } from '../testing/local-engine.ts';
import { settledInfo } from './settled-info.ts';

const infoWith = (swarm: object): string =>
  JSON.stringify({
    ID: 'AAAA',
    Name: 'h1',
    ServerVersion: '20.10.24',
    OperatingSystem: 'Debian',
    OSType: 'linux',
    Architecture: 'x86_64',
    KernelVersion: '6.1',
    Swarm: { NodeID: 'n1', LocalNodeState: 'active', ControlAvailable: true, ...swarm },
  });
const leaderless = infoWith({ Error: 'rpc error: code = Unknown desc = The swarm does not have a leader.' });
const led = infoWith({ Cluster: { ID: 'swarm1' } });

test('a manager is asked again until its swarm has a leader', async () => {
  const answers = [leaderless, leaderless];
  await using engine = await engineThat((_, response) => response.end(answers.shift() ?? led));
  expect((await settledInfo(engine)).Swarm.Cluster?.ID).toBe('swarm1');
});

test('without one in time, it is told as it says', async () => {
  await using engine = await engineThat((_, response) => response.end(leaderless));
  expect((await settledInfo(engine, 0)).Swarm.Error).toContain('does not have a leader');
});

test('an engine in no swarm is asked once', async () => {
  let asked = 0;
  await using engine = await engineThat((_, response) => {
    asked += 1;
    response.end(infoWith({ LocalNodeState: 'inactive', ControlAvailable: false }));
  });
  await settledInfo(engine);
  expect(asked).toBe(1);
});
